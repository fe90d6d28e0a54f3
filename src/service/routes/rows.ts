import type { BlobId } from "../../schema/ids.ts";
import type { Resource } from "../../schema/resource.ts";
import { parseTime } from "../../schema/time.ts";
import { openBatch } from "../batch-items.ts";
import { checkShape } from "../batch-shape.ts";
import { encodedJson } from "../../http/compression.ts";
import { HttpError, badRequest, json } from "../../http/http-error.ts";
import { type Incoming, type Refused, readItems } from "../incoming-rows.ts";
import type { KnownBlob, NewRow, RowRefusalCode, RowWrite, Tenant } from "../records.ts";
import { type Call, type Route, callerOf, holdingSlot, jsonBytes } from "../route.ts";
import { pageBody } from "../row-page.ts";
import { scopeOf } from "./blobs.ts";
import { digest, versions } from "./compare-rows.ts";
import { resourceOf, tenantOf, timeOf } from "./named-rows.ts";

const defaultLimit = 500;
const mostLimit = 1000;

export const rowRoutes: readonly Route[] = [
  {
    method: "POST",
    pattern: "/api/v1/sync/:resource",
    access: "write",
    does: "send rows",
    handle: receive,
  },
  {
    method: "GET",
    pattern: "/api/v1/sync/:resource",
    access: "read",
    does: "rows in the order in which they were accepted",
    handle: page,
  },
  {
    method: "POST",
    pattern: "/api/v1/sync/:resource/digest",
    access: "read",
    does: "digests of all rows, to compare two sides by",
    handle: digest,
  },
  {
    method: "GET",
    pattern: "/api/v1/ledgers/:commit_sha/versions",
    access: "read",
    does: "a ledger and what it was before it was replaced",
    handle: versions,
  },
  single("/api/v1/traces/:id", "traces", "one trace"),
  single("/api/v1/ledgers/:commit_sha", "ledgers", "one commit's ledger"),
  single("/api/v1/conversations/:conversation_id*", "conversations", "one conversation's pointer"),
];

async function receive(call: Call): Promise<Response> {
  const body = await call.body.bytes(jsonBytes);
  const free = await call.deployment.takeBatchSlot();
  try {
    return await takeIn(call, body);
  } finally {
    free();
  }
}

async function takeIn(call: Call, body: Uint8Array): Promise<Response> {
  const { records, blobs, metrics } = call.deployment;
  const resource = resourceOf(call);
  checkShape(body);
  const batch = openBatch(await call.body.text(jsonBytes));
  const tenant = await tenantOf(call, batch.projectId ?? call.query.get("project_id"));
  const incoming = await withoutPurged(call, tenant, readItems(resource, batch.items()));
  const known = await requirePointers(call, incoming);
  // Bytes before rows: a row that was acknowledged must never point to a blob that a kill took.
  await inParallel([...incoming.contents.values()], (content) => blobs.write(tenant, [content]));
  const writes: RowWrite[] = [{ resource, rows: withSizes(incoming.rows, known) }];
  if (incoming.ledgers.length > 0) writes.push({ resource: "ledgers", rows: incoming.ledgers });
  const { writer, scopes } = callerOf(call);
  const [outcome, ofLedgers] =
    (await records.store(tenant, writes, { writer, ownOnly: !scopes.includes("read") })) ?? [];
  globalThis.failPoint?.("service.rows-stored");
  if (outcome === undefined) {
    throw new HttpError(404, "project_not_found", "the project has just been deleted");
  }
  [outcome, ofLedgers].forEach((of, at) => {
    const { resource: kind } = writes[at] ?? { resource };
    metrics.rows("stored", kind, (of?.stored ?? 0) + (of?.replaced ?? 0));
  });
  const refused = [
    ...incoming.refused,
    ...outcome.refused.map(({ index, code }) =>
      refusal(incoming.indexes[index] ?? 0, incoming.rows[index]?.key ?? null, code),
    ),
    ...(ofLedgers?.refused ?? []).map(({ index, code }) => {
      const key = incoming.ledgers[index]?.key ?? null;
      const at = incoming.rows.findIndex((row) => row.key === key);
      return refusal(incoming.indexes[at] ?? 0, key, code);
    }),
  ];
  const { stored, duplicate, replaced, first, last, before } = outcome;
  return json({
    ok: true,
    count: incoming.count - new Set(refused.map(({ index }) => index)).size,
    stored,
    duplicate,
    replaced,
    refused,
    first: timeOf(first),
    last: timeOf(last),
    before: timeOf(before),
  });
}

function refusal(index: number, id: string | null, code: RowRefusalCode): Refused {
  return { index, id, code, message: reasons[code] };
}

const reasons: Record<RowRefusalCode, string> = {
  purged: "an admin has taken this conversation away for good",
  append_only: "the token may add rows, but not replace those of others",
};

/** What a purge took does not come back. */
async function withoutPurged(
  { deployment: { records } }: Call,
  tenant: Tenant,
  incoming: Incoming,
): Promise<Incoming> {
  const blobs = incoming.rows.filter(({ blob }) => blob !== undefined);
  if (blobs.length === 0) return incoming;
  const names = blobs.flatMap(({ key, blob }) => (blob === undefined ? [key] : [key, blob.id]));
  const buried = await records.operations.buried(tenant, names);
  const isGone = ({ key, blob }: NewRow): boolean =>
    buried.has(key) || (blob !== undefined && buried.has(blob.id));
  if (buried.size === 0) return incoming;
  const kept = incoming.rows.map((row, at) => ({ row, index: incoming.indexes[at] ?? 0 }));
  const left = kept.filter(({ row }) => !isGone(row));
  const pointed = new Set(left.map(({ row }) => row.blob?.id));
  return {
    ...incoming,
    rows: left.map(({ row }) => row),
    indexes: left.map(({ index }) => index),
    contents: new Map([...incoming.contents].filter(([id]) => pointed.has(id))),
    pointers: incoming.pointers.filter((id) => pointed.has(id)),
    refused: [
      ...incoming.refused,
      ...kept
        .filter(({ row }) => isGone(row))
        .map(({ row, index }) => refusal(index, row.key, "purged")),
    ],
  };
}

/** Refuses the whole batch where a conversation points to a blob that the caller does not have here. */
async function requirePointers(
  call: Call,
  { pointers, contents }: Incoming,
): Promise<Map<BlobId, KnownBlob>> {
  const known = await call.deployment.blobs.present(scopeOf(call), pointers);
  for (const [id, content] of contents) known.set(id, { id, size: content.length });
  const missing = pointers.find((id) => !known.has(id));
  if (missing === undefined) return known;
  throw badRequest("blob_missing", "a conversation points to a blob that is not here", {
    content_sha256: missing,
  });
}

function withSizes(rows: readonly NewRow[], known: ReadonlyMap<BlobId, KnownBlob>): NewRow[] {
  return rows.map((row) =>
    row.blob === undefined ? row : { ...row, blob: known.get(row.blob.id) ?? row.blob },
  );
}

/** A few at a time: waiting for the disk together costs little more than once. */
async function inParallel<T>(
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: Math.min(8, items.length) }, async () => {
      for (const item of queue) await work(item);
    }),
  );
}

async function page(call: Call): Promise<Response> {
  const { query, deployment } = call;
  const resource = resourceOf(call);
  const tenant = await tenantOf(call, query.get("project_id"));
  const limit = limitOf(query.get("limit"));
  const since = sinceOf(query.get("since"));
  return holdingSlot(call, async () => {
    const { body, rows } = await pageBody(deployment.records, tenant, { resource, since, limit });
    deployment.metrics.rows("sent", resource, rows);
    return encodedJson(body, call.request.headers.get("Accept-Encoding"));
  });
}

function limitOf(text: string | null): number {
  if (text === null || text === "") return defaultLimit;
  const limit = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (limit < 1) throw badRequest("invalid_limit", "`limit` must be a positive number");
  return Math.min(limit, mostLimit);
}

function sinceOf(text: string | null): number | null {
  if (text === null || text === "") return null;
  // A plus sign that nobody encoded arrives as a blank.
  const time = parseTime(text.replace(/ (\d\d:?\d\d)$/, "+$1"));
  if (time === undefined) throw badRequest("invalid_since", "`since` is no RFC 3339 time");
  return Number(time);
}

function single(pattern: string, resource: Resource, does: string): Route {
  const name = /:(\w+)/.exec(pattern)?.[1] ?? "";
  return {
    method: "GET",
    pattern,
    access: "read",
    does,
    async handle(call) {
      const tenant = await tenantOf(call, call.query.get("project_id"));
      const key = call.parameters[name] ?? "";
      const row = await call.deployment.records.row(tenant, resource, key);
      if (row === undefined) throw new HttpError(404, "not_found", "the project has no such row");
      const text =
        resource === "traces"
          ? `{"trace":${row.text},"user_id":${JSON.stringify(row.writer)}}`
          : row.text;
      const accepted = call.request.headers.get("Accept-Encoding");
      return encodedJson(new TextEncoder().encode(text), accepted);
    },
  };
}
