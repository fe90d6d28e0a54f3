import { refusesContent, statusOf } from "./refusal.ts";
import { createServiceBlobs } from "./service-blobs.ts";
import { createServiceDigests } from "./service-digests.ts";
import { createServiceCommits } from "./service-commits.ts";
import type { ServiceConnection } from "./service-connection.ts";
import { createServiceRows } from "./service-rows.ts";

/** One project on one service, as push and pull need it; satisfies `SyncRemote` of `sync/ports.ts`. */
export function createServiceRemote(connection: ServiceConnection) {
  const { client, name, url, capabilities } = connection;
  return {
    name,
    url,
    capabilities,
    ...createServiceRows(connection),
    ...createServiceBlobs(connection),
    ...createServiceDigests(connection),
    ...createServiceCommits(connection),
    refusesContent,
    concernsOne: (error: unknown): boolean => statusOf(error) !== undefined,
    get bytesSent() {
      return client.bytesSent;
    },
    get bytesReceived() {
      return client.bytesReceived;
    },
  };
}

export type ServiceRemote = ReturnType<typeof createServiceRemote>;
