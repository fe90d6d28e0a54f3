import type { BlobId } from "../schema/ids.ts";
import type { Resource } from "../schema/resource.ts";
import type { BatchAnswer, BlobGrowth } from "../schema/wire.ts";
import { type Body, fileBody } from "./body.ts";
import { missingBodies } from "./service-blobs.ts";
import type { ServiceConnection } from "./service-connection.ts";
import type { ServiceRemote } from "./service-remote.ts";
import { batchBody } from "./service-rows.ts";

/**
 * A remote on which a push can be rehearsed: it is asked everything, and nothing is sent that changes it. Batches and
 * blobs are measured and answered as if taken.
 */
export function rehearsing(remote: ServiceRemote, connection: ServiceConnection): ServiceRemote {
  let measured = 0;
  return {
    ...remote,
    async sendBatch(_resource: Resource, items: readonly string[]): Promise<BatchAnswer> {
      measured += (await batchBody(connection, items)).length ?? 0;
      const { epoch } = await remote.capabilities();
      const nothing = { stored: undefined, duplicate: undefined, replaced: undefined };
      return { count: items.length, ...nothing, refused: [], places: undefined, epoch };
    },
    /** Asks one by one: no POST is made, so that a service's log shows that it was not changed. */
    async missingBlobs(blobs: readonly BlobId[]) {
      if ((await remote.capabilities()).blobsMissing) {
        for (const { body } of await missingBodies(connection, blobs)) measured += body.length ?? 0;
      }
      return remote.missingByHead(blobs);
    },
    async sendBlob(_blob: BlobId, content: Blob, onBytes: (bytes: number) => void) {
      const body = fileBody(content, await connection.encoding());
      measured += body.length ?? (await measure(body));
      onBytes(content.size);
      return "stored" as const;
    },
    async appendBlob(_blob: BlobId, { content }: BlobGrowth, onBytes: (bytes: number) => void) {
      const body = fileBody(content, await connection.encoding());
      measured += body.length ?? (await measure(body));
      onBytes(content.size);
      return "stored" as const;
    },
    get bytesSent() {
      return measured;
    },
    get bytesReceived() {
      return remote.bytesReceived;
    },
  };
}

/** How long a body gets that only its compression decides. */
async function measure(body: Body): Promise<number> {
  let failure: Error | undefined;
  let bytes = 0;
  const watch = {
    onBytes: (more: number): void => void (bytes += more),
    onFailure: (error: Error): void => void (failure = error),
  };
  const stream = body.open(watch);
  if (stream instanceof ReadableStream) for await (const _ of stream);
  if (failure !== undefined) throw failure;
  return bytes;
}
