import type { RowDigest } from "../schema/bucket-digests.ts";
import type { BlobId } from "../schema/ids.ts";
import type { Resource } from "../schema/resource.ts";
import type { DerivedRecords } from "./derived/derived-records.ts";
import type { RowFacts } from "./derived/row-facts.ts";
import type { Operations } from "./operations.ts";
import type { PageSessions } from "./page-sessions.ts";
import type { Microseconds, NewProject, Project, Tenant } from "./project.ts";

export type { Microseconds, NewProject, Project, Tenant } from "./project.ts";

export interface Org {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
}

/** What an admin's request means that names no org; it is there from the start. */
export const defaultOrg = {
  id: "00000000-0000-0000-0000-000000000001",
  slug: "default",
  name: "Default",
} as const;

export const scopes = ["read", "write", "projects:write"] as const;
export type Scope = (typeof scopes)[number];

/** A token as it is kept: its SHA-256 and what may be shown of it. */
export interface Token {
  readonly id: string;
  readonly prefix: string;
  readonly org_id: string;
  /** The one project it is good for; null: every project of the org. */
  readonly project_id: string | null;
  readonly scopes: readonly Scope[];
  readonly name: string | null;
  readonly created_at: Microseconds;
  readonly last_used_at: Microseconds | null;
  readonly revoked_at: Microseconds | null;
  /** From then on it is refused; null: never. */
  readonly expires_at: Microseconds | null;
}

/** Whose blobs are asked for: an org's, or those of one of its projects alone. */
export interface BlobScope {
  readonly orgId: string;
  readonly projectId: string | null;
}

export interface KnownBlob {
  readonly id: BlobId;
  readonly size: number;
}

/** Some bytes of a segment, in a row with others a blob. */
export interface BlobPart {
  readonly segment: string;
  /** How the segment is kept: as it came (by our first version), or as frames of zstd. */
  readonly encoding: "plain" | "frames";
  /** Plain bytes of the segment; the part lies within. */
  readonly segmentSize: number;
  readonly start: number;
  readonly length: number;
  /** The state of the blob's hash at the end of this part, where it is known. */
  readonly state: Uint8Array | null;
}

export interface StoredBlob {
  readonly size: number;
  readonly parts: readonly BlobPart[];
}

/** A blob to be kept, and what it does to others. */
export interface SaveBlob extends StoredBlob, KnownBlob {
  /** New segments among those of its parts; the first takes in those that are absorbed. */
  readonly added: readonly string[];
  /** Segments that lie in the first new one as a whole, from a byte of it on: what names them names that one from now on. */
  readonly absorbed: readonly { readonly name: string; readonly start: number }[];
  /** Takes the place of a blob of the same name whose bytes were lost. */
  readonly replaces: boolean;
  /** A blob that must still be there. */
  readonly base?: BlobId;
}

export interface NewRow {
  /** The row's identity in (org, project, resource). */
  readonly key: string;
  /** Its JSON, on one line, otherwise byte for byte as it came. */
  readonly text: string;
  /** Of a conversation: the blob that it points to. Two rows with one blob count as equal. */
  readonly blob?: KnownBlob;
  /** What is derived of it. */
  readonly facts?: readonly RowFacts[];
}

export interface RowWrite {
  readonly resource: Resource;
  readonly rows: readonly NewRow[];
}

export interface RowCounts {
  stored: number;
  duplicate: number;
  replaced: number;
}

/** What became of the rows of one write. */
export interface RowOutcome extends RowCounts {
  /** The first and the last place that rows of this write got; null where none got one. */
  first: Microseconds | null;
  last: Microseconds | null;
  /** The last place of this resource before them; null where there never was one. */
  before: Microseconds | null;
  /** Rows that were not taken, by their place in the list that was given, with the reason. */
  refused: { readonly index: number; readonly code: RowRefusalCode }[];
}

export type RowRefusalCode = "append_only" | "purged";

export interface StoreOptions {
  /** Kept with each row. */
  readonly writer: string | null;
  /** Rows of other writers may not be replaced. */
  readonly ownOnly?: boolean;
}

/** Where a row lies, and how long it is. */
export interface RowExtent {
  readonly place: Microseconds;
  /** Of its text in UTF-8. */
  readonly bytes: number;
}

/** A row as it was before it was replaced, or as it is. */
export interface RowVersion {
  readonly text: string;
  readonly writer: string | null;
  readonly place: Microseconds;
  /** Null: the present one. */
  readonly replaced_at: Microseconds | null;
}

/** Last places by resource; null where there never was a row. */
export type Places = Readonly<Record<Resource, Microseconds | null>>;

/**
 * The service's database. Every promise that a write returned is kept after a kill at any moment.
 * tests/contract/records.ts says what an implementation must do; docs/service.md says it in words.
 */
export interface Records {
  /** Identity of the contents: made with the database, and made anew when it is restored. */
  readonly epoch: string;
  /** From now on the database has another identity: clients work out anew what it has. */
  renewEpoch(): Promise<string>;
  /** Throws where the database does not answer or takes no writes. */
  ping(): Promise<void>;

  /** `created` is false where the same org was there; `conflict` names what another org holds. */
  createOrg(
    org: Org,
  ): Promise<{ org: Org; created: boolean } | { conflict: "slug" | "id"; org: Org }>;
  orgs(): Promise<Org[]>;
  findOrg(by: { id: string } | { slug: string }): Promise<Org | undefined>;
  /** Whether the org's page has tables by person; every member sees that it has. */
  namesPeople(orgId: string): Promise<boolean>;
  setNamesPeople(orgId: string, names: boolean): Promise<void>;

  createToken(token: Token, hash: string): Promise<void>;
  tokens(orgId: string): Promise<Token[]>;
  /** The token with this SHA-256 and its org, revoked or not. */
  findToken(hash: string): Promise<{ token: Token; org: Org } | undefined>;
  touchToken(id: string, at: Microseconds): Promise<void>;
  /** False where there is no such token; revoking twice keeps the first time. */
  revokeToken(id: string, at: Microseconds): Promise<boolean>;
  /** The token of this id, whatever it is still good for. */
  tokenById(id: string): Promise<Token | undefined>;
  /** It ends at this time, unless it ends before. */
  expireToken(id: string, at: Microseconds): Promise<void>;

  /** False where the org has a project of this id. */
  createProject(project: NewProject): Promise<boolean>;
  projects(orgId: string): Promise<Project[]>;
  project(tenant: Tenant): Promise<Project | undefined>;
  setRetention(tenant: Tenant, days: number | null): Promise<void>;
  /** Deletes a project and all its rows; blobs that it alone was known by become unknown. */
  deleteProject(tenant: Tenant): Promise<boolean>;

  /**
   * Stores the rows of one batch, all or none, in one transaction; undefined where there is no such project.
   * A trace that exists stays as first written; any other row is replaced when it differs, and gets a new place.
   * Places are given inside the transaction from a counter per (org, project, resource): the later of now and the
   * last one plus a microsecond. So no two rows share one, and none becomes visible behind a place already read.
   */
  store(
    tenant: Tenant,
    writes: readonly RowWrite[],
    options: StoreOptions,
  ): Promise<RowOutcome[] | undefined>;
  /** The last places of a project's resources. */
  places(tenant: Tenant): Promise<Places>;
  /** At most `limit` rows behind `since` (exclusive; null: from the beginning), in the order of their places. */
  extents(
    tenant: Tenant,
    resource: Resource,
    range: { since: Microseconds | null; limit: number },
  ): Promise<RowExtent[]>;
  /** The texts of the rows from one place to another, both included, with `,\n` between them, in UTF-8. */
  texts(
    tenant: Tenant,
    resource: Resource,
    range: { from: Microseconds; to: Microseconds },
  ): Promise<Uint8Array>;
  /** A part of one row's text in UTF-8; empty where no row lies at this place any longer. */
  slice(
    tenant: Tenant,
    resource: Resource,
    range: { place: Microseconds; from: number; bytes: number },
  ): Promise<Uint8Array>;
  /** Digests of at most `limit` rows behind `since`, in the order of their places. */
  digests(
    tenant: Tenant,
    resource: Resource,
    range: {
      since: Microseconds | null;
      limit: number;
      /** Rows of other keys may be left out: nobody will look at their digests. */
      isWanted?: (key: string) => boolean;
    },
  ): Promise<{ readonly rows: readonly RowDigest[]; readonly last: Microseconds | null }>;
  /** All versions of a ledger, the oldest first, the present one last. Other rows keep none. */
  versions(tenant: Tenant, resource: Resource, key: string): Promise<RowVersion[]>;
  row(
    tenant: Tenant,
    resource: Resource,
    key: string,
  ): Promise<{ text: string; writer: string | null } | undefined>;

  /** Makes a blob known to an org, and to one of its projects. */
  ownBlob(scope: BlobScope, blob: KnownBlob): Promise<void>;
  /** The blobs of these that the scope knows. */
  knownBlobs(scope: BlobScope, ids: readonly BlobId[]): Promise<Map<BlobId, KnownBlob>>;

  readonly operations: Operations;
  readonly derived: DerivedRecords;
  readonly sessions: PageSessions;

  /** Of what a blob of the org is made. */
  storedBlob(orgId: string, id: BlobId): Promise<StoredBlob | undefined>;
  /**
   * Keeps a blob and makes it known to the scope, in one transaction: `known` where it was there already, `changed`
   * where a segment or blob that it rests on is not as it was said to be. `freed` are segments that nothing names.
   */
  saveBlob(
    scope: BlobScope,
    blob: SaveBlob,
  ): Promise<{ outcome: "stored" | "known" | "changed"; freed: readonly string[] }>;
  /** Its bytes were found to be lost: who knows of it may send it again. */
  forgetBlob(orgId: string, id: BlobId): Promise<void>;

  close(): Promise<void>;
}
