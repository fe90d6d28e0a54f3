import type { BlobId } from "../schema/ids.ts";
import type { Resource } from "../schema/resource.ts";

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

export interface Project {
  readonly org_id: string;
  readonly project_id: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly created_at: Microseconds;
}

export const scopes = ["read", "write", "projects:write"] as const;
export type Scope = (typeof scopes)[number];

/** Since 1970. Fits a double exactly until the year 2255. */
export type Microseconds = number;

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
}

/** One project of one org: what every row belongs to. */
export interface Tenant {
  readonly orgId: string;
  readonly projectId: string;
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

export interface NewRow {
  /** The row's identity in (org, project, resource). */
  readonly key: string;
  /** Its JSON, on one line, otherwise byte for byte as it came. */
  readonly text: string;
  /** Of a conversation: the blob that it points to. Two rows with one blob count as equal. */
  readonly blob?: KnownBlob;
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

export interface RowPage {
  /** The rows' texts with `,\n` between them, in UTF-8. */
  readonly texts: Uint8Array;
  readonly count: number;
  /** The place of the last row; null where there is none. */
  readonly last: Microseconds | null;
}

/**
 * The service's database. Every promise that a write returned is kept after a kill at any moment.
 * tests/contract/records.ts says what an implementation must do; docs/service.md says it in words.
 */
export interface Records {
  /** Identity of the contents: made with the database, and made anew when it is restored. */
  readonly epoch: string;
  /** Throws where the database does not answer. */
  ping(): Promise<void>;

  /** `created` is false where the same org was there; `conflict` names what another org holds. */
  createOrg(
    org: Org,
  ): Promise<{ org: Org; created: boolean } | { conflict: "slug" | "id"; org: Org }>;
  orgs(): Promise<Org[]>;
  findOrg(by: { id: string } | { slug: string }): Promise<Org | undefined>;

  createToken(token: Token, hash: string): Promise<void>;
  tokens(orgId: string): Promise<Token[]>;
  /** The token with this SHA-256 and its org, revoked or not. */
  findToken(hash: string): Promise<{ token: Token; org: Org } | undefined>;
  touchToken(id: string, at: Microseconds): Promise<void>;
  /** False where there is no such token; revoking twice keeps the first time. */
  revokeToken(id: string, at: Microseconds): Promise<boolean>;

  /** False where the org has a project of this id. */
  createProject(project: Project): Promise<boolean>;
  projects(orgId: string): Promise<Project[]>;
  project(tenant: Tenant): Promise<Project | undefined>;
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
    writer: string | null,
  ): Promise<RowCounts[] | undefined>;
  /**
   * Rows behind `since` (exclusive; null: from the beginning) in the order of their places: at most `limit`, and
   * at most about `bytes` of text, but at least one where there is one.
   */
  page(
    tenant: Tenant,
    resource: Resource,
    range: { since: Microseconds | null; limit: number; bytes: number },
  ): Promise<RowPage>;
  row(
    tenant: Tenant,
    resource: Resource,
    key: string,
  ): Promise<{ text: string; writer: string | null } | undefined>;

  /** Makes a blob known to an org, and to one of its projects. */
  ownBlob(scope: BlobScope, blob: KnownBlob): Promise<void>;
  /** The blobs of these that the scope knows. */
  knownBlobs(scope: BlobScope, ids: readonly BlobId[]): Promise<Map<BlobId, KnownBlob>>;

  close(): Promise<void>;
}
