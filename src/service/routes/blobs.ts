import { type BlobId, isBlobId } from "../../schema/ids.ts";
import { HttpError, badRequest, json } from "../../http/http-error.ts";
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
    method: "HEAD",
    pattern: "/api/v1/blobs/:sha256",
    access: "read",
    does: "whether a blob is here",
    async handle(call) {
      const { size } = await requireBlob(call);
      return new Response(null, {
        headers: { "Content-Type": "application/octet-stream", "Content-Length": String(size) },
      });
    },
  },
  {
    method: "GET",
    pattern: "/api/v1/blobs/:sha256",
    access: "read",
    does: "a blob's bytes",
    async handle(call) {
      const { id, size } = await requireBlob(call);
      const blob = await call.deployment.blobs.open(id);
      if (blob === undefined) throw notFound();
      return new Response(blob, {
        headers: { "Content-Type": "application/octet-stream", "Content-Length": String(size) },
      });
    },
  },
];

/** The blobs a caller may know of. */
export function scopeOf(call: Call): BlobScope {
  const { org, projectId } = callerOf(call);
  return { orgId: org.id, projectId };
}

/** Those of the blobs that the scope knows and whose bytes are really here: what was lost may be sent again. */
export async function presentBlobs(
  { deployment }: Call,
  scope: BlobScope,
  ids: readonly BlobId[],
): Promise<Map<BlobId, KnownBlob>> {
  const present = new Map<BlobId, KnownBlob>();
  for (const [id, blob] of await deployment.records.knownBlobs(scope, ids)) {
    const size = await deployment.blobs.size(id);
    if (size === blob.size) present.set(id, blob);
  }
  return present;
}

async function requireBlob(call: Call): Promise<KnownBlob> {
  const id = call.parameters["sha256"];
  if (!isBlobId(id)) {
    throw badRequest("invalid_digest", "a blob's name is 64 lower-case hex digits");
  }
  const blob = (await presentBlobs(call, scopeOf(call), [id])).get(id);
  // The same answer for a blob of another org and for one that never was.
  if (blob === undefined) throw notFound();
  return blob;
}

function notFound(): HttpError {
  return new HttpError(404, "blob_not_found", "there is no such blob");
}

async function upload(call: Call): Promise<Response> {
  const { deployment, body } = call;
  const free = await deployment.takeUploadSlot(callerOf(call).rateKey);
  try {
    const blob = await deployment.blobs.write(limited(body.stream(Infinity), deployment));
    await deployment.records.ownBlob(scopeOf(call), blob);
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
  const present = await presentBlobs(call, scopeOf(call), asked);
  return json({ missing: asked.filter((id) => !present.has(id)) });
}
