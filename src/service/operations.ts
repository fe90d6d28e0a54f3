import type { BlobId } from "../schema/ids.ts";
import type { Microseconds, Project, Tenant } from "./project.ts";

/** Something that an admin or a token's holder did. It never holds a token. */
export interface AuditEntry {
  readonly at: Microseconds;
  readonly org_id: string;
  /** `admin`, or the id of a token. */
  readonly actor: string;
  /** Such as `token.create`. */
  readonly action: string;
  readonly target: string;
}

export interface ProjectStats {
  readonly project_id: string;
  /** By resource. */
  readonly rows: Readonly<Record<string, number>>;
  /** Of rows' texts. */
  readonly bytes: number;
  readonly last_push: Microseconds | null;
}

export interface Purge {
  /** A conversation's id, or a blob's digest, or all conversations that came before a time. */
  readonly conversation?: string | undefined;
  readonly blob?: BlobId | undefined;
  readonly before?: Microseconds | undefined;
}

/** What is done to the service beside pushing and pulling. The same on every database. */
export interface Operations {
  note(entry: AuditEntry): Promise<void>;
  /** At most `limit` entries behind a time, the oldest first. */
  audit(since: Microseconds, limit: number): Promise<AuditEntry[]>;
  /** At most `limit` entries, the latest first. */
  latestActs(limit: number): Promise<AuditEntry[]>;
  stats(orgId: string): Promise<ProjectStats[]>;
  /** Bytes of an org's blobs, and of the segments that they lie in, before compression. */
  blobStats(orgId: string): Promise<{ blobs: number; bytes: number; segments: number }>;
  /** Conversations that a purge is about, with the blobs that they point to. */
  purgeable(project: Project, purge: Purge): Promise<{ key: string; blob: BlobId | null }[]>;
  /** Puts a tombstone in the place of each, and deletes their summaries. */
  bury(project: Project, rows: readonly { key: string; blob: BlobId | null }[]): Promise<void>;
  /** Of these conversations and blobs, those that were purged. */
  buried(tenant: Tenant, names: readonly string[]): Promise<Set<string>>;
  /** Blobs that share bytes with this one; `named` where a row points to it. */
  sharing(orgId: string, id: BlobId): Promise<{ id: BlobId; named: boolean }[]>;
  /** Blobs that no row points to and that are older than a time; at most a thousand. */
  unused(orgId: string, before: Microseconds): Promise<BlobId[]>;
  /** Forgets blobs, for everybody; with `unlessNamed` only those that no row points to. */
  dropBlobs(
    orgId: string,
    ids: readonly BlobId[],
    options: { unlessNamed: boolean },
  ): Promise<void>;
  /** Takes segments that no blob lies in out of the list, and gives their names; older than a time. */
  freeSegments(orgId: string, before: Microseconds): Promise<string[]>;
  /** Of these segments, those that a blob of some org may lie in. */
  keptSegments(orgIds: readonly string[], names: readonly string[]): Promise<Set<string>>;
  /** Deletes traces, conversations and summaries of a project that came before a time. */
  expire(project: Project, before: Microseconds): Promise<number>;
}

export type Values = readonly unknown[];
export type Statement = readonly [text: string, values: Values];

/** A database as operations see it. Statements number their values `$1`, `$2`. */
export interface Statements {
  run<Row>(statement: string, values: Values): Promise<Row[]>;
  /** All or none. */
  all(statements: readonly Statement[]): Promise<void>;
  /** How a row's key or text is given to the database, and what it gives back. */
  encode(text: string): unknown;
  decode(value: unknown): string;
  /** Before `project = …` where rows lie by org; $1 is the org. */
  readonly ofOrg: string;
  /** A list of objects, given as JSON in `$n`, as what a query reads from under the name `list`. */
  list(n: number, columns: Columns): string;
  /** The condition that a text has the one of `$n` in it, letter for letter. */
  has(text: string, n: number): string;
  now(): Microseconds;
}

export type Columns = Readonly<Record<string, "text" | "bigint">>;
