import { type BlobId, isBlobId } from "../../schema/ids.ts";
import { HttpError, badRequest, json } from "../../http/http-error.ts";
import { streamOf, whenEnded } from "../../http/stream.ts";
import { segmentBytes } from "../blob-parts.ts";
import type { BlobScope, KnownBlob } from "../records.ts";
import { type Call, type Route, callerOf, readObject } from "../route.ts";

const mostAsked = 1000;

export const blobRoutes: readonly Route[] = [
  {
    method: "POST",
    pattern: "/api/v1/blobs",
    access: "write",
    does: "upload bytes",
    streams: true,
    handle: upload,
  },
  {
    method: "POST",
    pattern: "/api/v1/blobs/missing",
    // It writes nothing, and who sends must know what to send.
    access: "read-or-write",
    does: "which of these blobs are not here",
    handle: missing,
  },
  {
    method: "PUT",
    pattern: "/api/v1/blobs/:sha256",
    access: "write",
    does: "append to a blob",
    streams: true,
    handle: append,
  },
  {
    method: "HEAD",
    pattern: "/api/v1/blobs/:sha256",
    access: "read",
    does: "whether a blob is here",
    async handle(call) {
      const { size } = await requireBlob(call, call.parameters["sha256"]);
      return new Response(null, { headers: { ...binary, "Content-Length": String(size) } });
    },
  },
  {
    method: "GET",
    pattern: "/api/v1/blobs/:sha256",
    access: "read",
    does: "a blob's bytes",
    handle: download,
  },
];

const binary = { "Content-Type": "application/octet-stream", "Accept-Ranges": "bytes" };

/** The blobs a caller may know of. */
export function scopeOf(call: Call): BlobScope {
  const { org, projectId } = callerOf(call);
  return { orgId: org.id, projectId };
}

/**
 * The blob of this name, if the caller may know of it. GET, HEAD and appending all ask here: whoever could append to a
 * blob that they may not read could read it by that, since a digest alone is enough to go on hashing.
 */
async function requireBlob(call: Call, id: unknown, missing = notFound): Promise<KnownBlob> {
  if (!isBlobId(id)) {
    throw badRequest("invalid_digest", "a blob's name is 64 lower-case hex digits");
  }
  const blob = (await call.deployment.blobs.present(scopeOf(call), [id])).get(id);
  // The same answer for a blob of another org and for one that never was.
  if (blob === undefined) throw missing();
  return blob;
}

async function download(call: Call): Promise<Response> {
  const { deployment } = call;
  const { id, size } = await requireBlob(call, call.parameters["sha256"]);
  const asked = rangeOf(call.request.headers.get("Range"), size);
  const [from, to] = asked ?? [0, size];
  const free = await deployment.takeDownloadSlot(callerOf(call).rateKey);
  const bytes = deployment.blobs.read(callerOf(call).org.id, id, { from, to });
  return new Response(whenEnded(streamOf(bytes), free), {
    status: asked === undefined ? 200 : 206,
    headers: {
      ...binary,
      "Content-Length": String(to - from),
      ...(asked === undefined ? {} : { "Content-Range": `bytes ${from}-${to - 1}/${size}` }),
    },
  });
}

/** From the first byte to behind the last one; undefined for the whole. Several ranges at once count as none. */
function rangeOf(header: string | null, size: number): [number, number] | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec((header ?? "").trim());
  const [, first = "", last = ""] = match ?? [];
  if (match === null || (first === "" && last === "")) return undefined;
  const from = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
  if (from < to) return [from, to];
  if (first !== "" && last !== "" && Number(last) < Number(first)) return undefined;
  throw new HttpError(416, "range_not_satisfiable", "the blob has no such bytes", {
    headers: { "Content-Range": `bytes */${size}` },
  });
}

function notFound(): HttpError {
  return new HttpError(404, "blob_not_found", "there is no such blob");
}

async function upload(call: Call): Promise<Response> {
  const { deployment, body } = call;
  const free = await deployment.takeUploadSlot(callerOf(call).rateKey);
  try {
    const blob = await deployment.blobs.write(
      scopeOf(call),
      limited(body.stream(Infinity), deployment),
    );
    await refusePurged(call, blob.id);
    return json({ sha256: blob.id, size: blob.size }, 201);
  } finally {
    free();
  }

  /** Refuses before anything is kept: nothing at all, and too much, which a length may tell at once. */
  async function* limited(
    content: AsyncIterable<Uint8Array>,
    { blobMaxBytes: limit }: { blobMaxBytes: number },
  ): AsyncGenerator<Uint8Array> {
    const tooLarge = new HttpError(413, "blob_too_large", `a blob may have ${limit} bytes`, {
      details: { limit },
    });
    if (Number(call.request.headers.get("Content-Length") ?? 0) > limit) throw tooLarge;
    let size = 0;
    for await (const chunk of content) {
      size += chunk.length;
      if (size > limit) throw tooLarge;
      yield chunk;
    }
    if (size === 0) throw badRequest("empty_blob", "the body is empty");
  }
}

async function missing(call: Call): Promise<Response> {
  const asked = (await readObject(call))["sha256"];
  if (!Array.isArray(asked)) throw badRequest("invalid_digest", "`sha256` must be an array");
  if (asked.length > mostAsked) {
    throw new HttpError(413, "batch_too_large", `more than ${mostAsked} digests`, {
      details: { limit: mostAsked },
    });
  }
  if (!asked.every(isBlobId)) {
    throw badRequest("invalid_digest", "a blob's name is 64 lower-case hex digits");
  }
  const present = await call.deployment.blobs.present(scopeOf(call), asked);
  const absent = asked.filter((id) => !present.has(id));
  const buried = await buriedOf(call, absent);
  const purged = buried.size === 0 ? {} : { purged: absent.filter((id) => buried.has(id)) };
  return json({ missing: absent.filter((id) => !buried.has(id)), ...purged });
}

function buriedOf(call: Call, ids: readonly BlobId[]): Promise<Set<string>> {
  const { orgId, projectId } = scopeOf(call);
  const tenant = { orgId, projectId: projectId ?? "" };
  return call.deployment.records.operations.buried(tenant, ids);
}

/** What a purge took is not taken again; bytes of it that came all the same are dropped. */
async function refusePurged(call: Call, id: BlobId): Promise<void> {
  if ((await buriedOf(call, [id])).size === 0) return;
  const { operations } = call.deployment.records;
  await operations.dropBlobs(scopeOf(call).orgId, [id], { unlessNamed: true });
  throw new HttpError(410, "blob_purged", "an admin has taken this blob away for good");
}

async function append(call: Call): Promise<Response> {
  const { deployment, query, body, parameters } = call;
  const scope = scopeOf(call);
  const base = await requireBlob(call, query.get("base"), baseUnknown);
  const result = parameters["sha256"];
  if (!isBlobId(result)) {
    throw badRequest("invalid_digest", "a blob's name is 64 lower-case hex digits");
  }
  const offset = offsetOf(query.get("offset"));
  if (offset > base.size) {
    throw new HttpError(409, "base_short", "the base has fewer bytes than are to be kept", {
      details: { size: base.size },
    });
  }
  await refusePurged(call, result);
  const known = (await deployment.blobs.present(scope, [result])).get(result);
  if (known !== undefined) return json({ sha256: result, size: known.size, stored: false });
  const free = await deployment.takeUploadSlot(callerOf(call).rateKey);
  try {
    const limit = Math.min(segmentBytes, deployment.blobMaxBytes - offset);
    const bytes = await collect(body.stream(segmentBytes), limit);
    const appended = await deployment.blobs.append(scope, {
      base: base.id,
      offset,
      body: bytes,
      result,
    });
    if ("blob" in appended) {
      return json({ sha256: result, size: appended.blob.size, stored: true }, 201);
    }
    if (appended.failed === "base_gone") throw baseUnknown();
    if (appended.failed === "digest_mismatch") {
      throw new HttpError(422, "digest_mismatch", "the base and the body have another digest");
    }
    throw new HttpError(503, "busy", "the base is being changed; try again", {
      headers: { "Retry-After": "1" },
    });
  } finally {
    free();
  }
}

function baseUnknown(): HttpError {
  return new HttpError(409, "base_unknown", "there is no such base");
}

function offsetOf(text: string | null): number {
  if (text !== null && /^\d{1,15}$/.test(text)) return Number(text);
  throw badRequest("invalid_offset", "`offset` must be a whole number");
}

async function collect(stream: AsyncIterable<Uint8Array>, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > limit) {
      throw new HttpError(413, "blob_too_large", `an append may have ${limit} bytes`, {
        details: { limit },
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
