import { isObject } from "../schema/is-object.ts";
import { resources } from "../schema/resource.ts";
import type { Capabilities } from "../schema/wire.ts";
import type { Client } from "./client.ts";
import { refusalOf } from "./refusal.ts";

/** Every answer of a service with epochs carries it here. */
export const epochHeader = "agent-trace-epoch";

/** What is appended at a time is kept by the service as one piece. */
const mostAppended = 16 * 1024 * 1024;

const base: Capabilities = {
  epoch: undefined,
  rowStatus: false,
  blobsMissing: false,
  commitCounts: false,
  appendBytes: undefined,
  digest: false,
  compression: undefined,
  batchItems: 500,
  batchBytes: 4 * 1024 * 1024,
  blobBytes: undefined,
  places: undefined,
};

/**
 * Asks the service what it can do beyond the base protocol, and where a project of it stands. An old one says nothing
 * of it, or has no such page.
 */
export function fetchCapabilities(client: Client, project?: string): Promise<Capabilities> {
  const query = project === undefined ? "" : `?project_id=${encodeURIComponent(project)}`;
  return client.exchange({
    method: "GET",
    path: `/api/v1/version${query}`,
    async read(answer) {
      if (answer.status === 404 || answer.status === 405) return base;
      if (answer.status !== 200) throw await refusalOf(answer);
      return readCapabilities(await answer.json());
    },
  });
}

function readCapabilities(version: Readonly<Record<string, unknown>>): Capabilities {
  const named = Array.isArray(version["capabilities"]) ? version["capabilities"] : [];
  const limits = isObject(version["limits"]) ? version["limits"] : {};
  const limit = (name: string): number | undefined => {
    const value = limits[name];
    return typeof value === "number" && value >= 1 ? Math.floor(value) : undefined;
  };
  const epoch = version["epoch"];
  return {
    epoch: typeof epoch === "string" && epoch !== "" ? epoch : undefined,
    rowStatus: named.includes("row-status"),
    blobsMissing: named.includes("blobs-missing"),
    commitCounts: named.includes("commit-counts"),
    appendBytes: named.includes("blob-append")
      ? Math.min(mostAppended, limit("append_bytes") ?? mostAppended)
      : undefined,
    digest: named.includes("digest"),
    compression: named.includes("zstd") ? "zstd" : named.includes("gzip") ? "gzip" : undefined,
    batchItems: Math.min(base.batchItems, limit("batch_items") ?? base.batchItems),
    batchBytes: Math.min(base.batchBytes, limit("batch_bytes") ?? base.batchBytes),
    blobBytes: limit("blob_bytes"),
    places: isObject(version["places"]) ? readPlaces(version["places"]) : undefined,
  };
}

function readPlaces(places: Readonly<Record<string, unknown>>): Capabilities["places"] {
  const known = resources.flatMap((resource) => {
    const place = places[resource];
    return place === null || typeof place === "string" ? [[resource, place] as const] : [];
  });
  return Object.fromEntries(known);
}
