import { AppError } from "../errors.ts";

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** Hex SHA-256 of a transcript's bytes. The only kind of string that becomes a blob's file name. */
export type BlobId = Branded<"BlobId">;
export type CommitSha = Branded<"CommitSha">;
export type TraceId = Branded<"TraceId">;
/** Hex SHA-256 of `file://` and the transcript's path: joins records without telling the path. */
export type ConversationId = Branded<"ConversationId">;
/** Names a directory below `projects/`, so nothing becomes one without passing `parseProjectId`. */
export type ProjectId = Branded<"ProjectId">;
export type Slug = Branded<"Slug">;

const digestPattern = /^[0-9a-f]{64}$/;
const commitPattern = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const slugPattern = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const projectIdPattern = /^at-[0-9a-f]{32}$/;

export function isBlobId(text: unknown): text is BlobId {
  return typeof text === "string" && digestPattern.test(text);
}

export function isConversationId(text: unknown): text is ConversationId {
  return typeof text === "string" && digestPattern.test(text);
}

export function isCommitSha(text: unknown): text is CommitSha {
  return typeof text === "string" && commitPattern.test(text);
}

/** Whether the text is an id of our own making, `at-` and 32 hex digits. Older ids are checked against the registry. */
export function isProjectId(text: string): text is ProjectId {
  return projectIdPattern.test(text);
}

export function isSlug(text: unknown): text is Slug {
  return typeof text === "string" && slugPattern.test(text);
}

export function parseBlobId(text: string): BlobId {
  if (isBlobId(text)) return text;
  throw new AppError("failed", "not a SHA-256 digest: 64 lower-case hex digits are expected");
}

/** Slugs of orgs and projects, on the client and on the service alike. */
export function parseSlug(text: string, what: string): Slug {
  if (isSlug(text)) return text;
  throw new AppError("invalid_slug", `${what} \`${text}\` is not a valid slug`, {
    hint: "use 1 to 64 of a-z 0-9 . _ - beginning with a letter or a digit",
  });
}
