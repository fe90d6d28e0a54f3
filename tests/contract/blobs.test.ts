import { join } from "node:path";
import { openFileSegments } from "../../src/service/file-segments.ts";
import { openPostgresRecords } from "../../src/service/postgres-records.ts";
import type { Records } from "../../src/service/records.ts";
import type { SegmentStore } from "../../src/service/segment-store.ts";
import { openSqliteRecords } from "../../src/service/sqlite-records.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { withPostgres, withS3 } from "../support/real-servers.ts";
import { blobsContract } from "./blobs.ts";

const now = (): number => Date.now() * 1000;

function pair(
  records: (directory: string) => Promise<Records>,
  segments: (directory: string) => SegmentStore,
) {
  return async () => {
    const directory = temporaryDirectory();
    const opened = await records(directory.path);
    return {
      records: opened,
      segments: segments(directory.path),
      async [Symbol.asyncDispose]() {
        await opened.close();
        directory[Symbol.dispose]();
      },
    };
  };
}

const sqlite = async (directory: string) => openSqliteRecords(join(directory, "service.db"), now);
const files = (directory: string) => openFileSegments(join(directory, "blobs"));

blobsContract("SQLite and a directory", pair(sqlite, files));
withS3("blobs with segments on a server", (s3) => {
  blobsContract(
    "SQLite and S3",
    pair(sqlite, () => s3().segments(s3().bucket())),
  );
});
withPostgres("blobs with the database on a server", (postgres) => {
  const records = async () => openPostgresRecords(await postgres().database(), now);
  blobsContract("PostgreSQL and a directory", pair(records, files));
  withS3("and segments on one, too", (s3) => {
    blobsContract(
      "PostgreSQL and S3",
      pair(records, () => s3().segments(s3().bucket())),
    );
  });
});
