import type { Capabilities } from "../schema/wire.ts";
import type { Client } from "./client.ts";
import { refusalOf } from "./refusal.ts";

/** Every answer of a service with epochs carries it here. */
export const epochHeader = "agent-trace-epoch";

const base: Capabilities = {
  epoch: undefined,
  rowStatus: false,
  blobsMissing: false,
  compression: undefined,
  batchItems: 500,
  batchBytes: 4 * 1024 * 1024,
  blobBytes: undefined,
};

/** Asks the service what it can do beyond the base protocol. An old one says nothing of it, or has no such page. */
export function fetchCapabilities(client: Client): Promise<Capabilities> {
  return client.exchange({
    method: "GET",
    path: "/api/v1/version",
    async read(answer) {
      if (answer.status === 404 || answer.status === 405) return base;
      if (answer.status !== 200) throw await refusalOf(answer);
      return readCapabilities((await answer.json()).value);
    },
  });
}

function readCapabilities(version: Readonly<Record<string, unknown>>): Capabilities {
  const named = Array.isArray(version["capabilities"]) ? version["capabilities"] : [];
  const limits = (version["limits"] ?? {}) as Readonly<Record<string, unknown>>;
  const limit = (name: string): number | undefined => {
    const value = limits[name];
    return typeof value === "number" && value >= 1 ? Math.floor(value) : undefined;
  };
  const epoch = version["epoch"];
  return {
    epoch: typeof epoch === "string" && epoch !== "" ? epoch : undefined,
    rowStatus: named.includes("row-status"),
    blobsMissing: named.includes("blobs-missing"),
    compression: named.includes("zstd") ? "zstd" : named.includes("gzip") ? "gzip" : undefined,
    batchItems: Math.min(base.batchItems, limit("batch_items") ?? base.batchItems),
    batchBytes: Math.min(base.batchBytes, limit("batch_bytes") ?? base.batchBytes),
    blobBytes: limit("blob_bytes"),
  };
}
