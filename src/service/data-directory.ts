import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Environment, readVariable } from "../environment.ts";
import { AppError, systemCode } from "../errors.ts";
import { openFileSegments } from "./file-segments.ts";
import type { Microseconds, Records } from "./records.ts";
import type { PostgresPlace } from "./postgres-dump.ts";
import { openPostgresRecords } from "./postgres-records.ts";
import { s3Credentials } from "./s3-credentials.ts";
import { openS3Segments } from "./s3-segments.ts";
import type { SegmentStore } from "./segment-store.ts";
import { openSqliteRecords } from "./sqlite-records.ts";
import type { OnStatement } from "./sqlite-statements.ts";

export interface Stores {
  readonly records: Records;
  readonly segments: SegmentStore;
}

/** Where the stores of a service are. */
export interface StorePlaces {
  /** Absolute; what the two others do not say otherwise lies below it. */
  readonly data: string;
  /** `sqlite:<absolute path>` or `postgres://…`; undefined: `service.db` below `data`. */
  readonly database?: string | undefined;
  /** `file:<absolute path>` or `s3://bucket/prefix`; undefined: `blobs` below `data`. */
  readonly blobs?: string | undefined;
  /** Where the credentials of a bucket come from. */
  readonly environment?: Environment;
}

export interface StoreOptions extends StorePlaces {
  now(): Microseconds;
  /** Told of each statement of the database that has ended, without its values. */
  readonly onStatement?: OnStatement | undefined;
}

/** Where the database of a service is. */
export type DatabasePlace =
  | { readonly kind: "sqlite"; readonly path: string }
  | ({ readonly kind: "postgres" } & PostgresPlace);

/** Throws `usage` for an address of another kind. */
export function databasePlace({ data, database, environment = {} }: StorePlaces): DatabasePlace {
  if (database === undefined) return { kind: "sqlite", path: join(data, "service.db") };
  if (/^postgres(?:ql)?:\/\//.test(database))
    return { kind: "postgres", url: database, environment };
  const path = pathOf(database, {
    flag: "--database",
    scheme: "sqlite",
    other: "postgres://user@host/database",
  });
  return { kind: "sqlite", path };
}

/** Opens the stores of a service, making what is missing. Throws `usage` for a store that this version has not. */
export async function openStores(options: StoreOptions): Promise<Stores> {
  const { data, now, onStatement } = options;
  const place = databasePlace(options);
  const segments = openSegments(options);
  try {
    makeDirectory(data);
    if (place.kind === "postgres") {
      return { segments, records: await openPostgresRecords(place.url, now, onStatement) };
    }
    makeDirectory(dirname(place.path));
    return { segments, records: openSqliteRecords(place.path, now, onStatement) };
  } catch (error) {
    throw unusable(data, error);
  }
}

/** Opens the place of transcripts alone. */
export function openSegments({ data, blobs, environment = {} }: StorePlaces): SegmentStore {
  if (blobs?.startsWith("s3://") === true) {
    return openS3Segments({
      url: blobs,
      endpoint: readVariable(environment, "AWS_ENDPOINT_URL_S3"),
      region: readVariable(environment, "AWS_REGION"),
      credentials: s3Credentials(blobs, environment),
    });
  }
  const path =
    blobs === undefined
      ? join(data, "blobs")
      : pathOf(blobs, { flag: "--blobs", scheme: "file", other: "s3://bucket/prefix" });
  try {
    makeDirectory(path);
    return openFileSegments(path);
  } catch (error) {
    throw unusable(data, error);
  }
}

/** What is to be thrown where a directory cannot be used: the error itself if it is of another kind. */
function unusable(data: string, error: unknown): unknown {
  const code = systemCode(error);
  if (error instanceof AppError || code === undefined) return error;
  return new AppError("failed", `cannot use the data directory ${data} (${code})`, {
    hint: "name one that this user may write to with `--data`",
    cause: error,
  });
}

function makeDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
}

/** Whether a service was ever started over this directory. */
export function hasService(data: string): boolean {
  return existsSync(join(data, "service.db"));
}

function pathOf(
  url: string,
  { flag, scheme, other }: { flag: string; scheme: string; other: string },
): string {
  const path = url.startsWith(`${scheme}://`)
    ? fileURLToPath(`file://${url.slice(scheme.length + 3)}`)
    : url.startsWith(`${scheme}:`)
      ? url.slice(scheme.length + 1)
      : "";
  if (isAbsolute(path)) return path;
  // The address may hold a password, so only its scheme is repeated.
  const given = /^[a-z][a-z0-9+.-]*(?=:)/i.exec(url)?.[0];
  throw new AppError(
    "usage",
    `\`${flag}\` cannot use ${given === undefined ? "this" : `\`${given}:\``}`,
    {
      hint: `write \`${flag} ${scheme}:/absolute/path\` or \`${flag} ${other}\``,
    },
  );
}

/**
 * The admin secret of a data directory, made at the first start: 32 random bytes in a file that only its owner can
 * read. It gets its name only when it is complete, and of two first starts at once one wins.
 */
export function adminSecretOf(data: string): { secret: string; path: string; created: boolean } {
  const path = join(data, "admin-secret");
  const temporary = join(data, `.admin-secret-${crypto.randomUUID()}`);
  let created = false;
  if (!existsSync(path)) {
    const secret = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url");
    const descriptor = openSync(temporary, "wx", 0o600);
    try {
      writeSync(descriptor, `${secret}\n`);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    try {
      linkSync(temporary, path);
      created = true;
    } catch (error) {
      if (systemCode(error) !== "EEXIST") throw error;
    } finally {
      rmSync(temporary, { force: true });
    }
  }
  const secret = readFileSync(path, "utf8").trim();
  if (secret === "") {
    throw new AppError("damaged_file", `the admin secret is empty: ${path}`, {
      hint: "remove the file; the next start makes another",
    });
  }
  return { secret, path, created };
}
