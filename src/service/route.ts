import { checkShape } from "./batch-shape.ts";
import type { BlobStore } from "./blob-store.ts";
import type { Caller } from "./credentials.ts";
import { HttpError, badRequest } from "../http/http-error.ts";
import type { Microseconds, Project, Records, Scope } from "./records.ts";
import type { Call as HttpCall, Route as HttpRoute } from "../http/route.ts";

/** JSON bodies may be this long as they come over the wire. */
export const jsonBytes = 32 * 1024 * 1024;

/** Those that name things and hold no rows need far less, and some of them may be sent by anyone. */
const objectBytes = 128 * 1024;

/** What every route works with. */
export interface Deployment {
  readonly records: Records;
  readonly blobs: BlobStore;
  readonly build: string;
  readonly blobMaxBytes: number;
  readonly adminSecret: string | undefined;
  /** Ends with a function that frees the caller's place among its uploads. */
  takeUploadSlot(key: string): () => void;
  /** The wall clock, which may be set back. */
  now(): Microseconds;
}

/**
 * Who may call a route: anyone; the holder of the admin secret; a token with this scope; or either of the two
 * (admin first). With `either` the route itself asks for the scope, as admins have none.
 */
export type Access = "none" | "admin" | "either" | Scope;

/** What the service's routes work with. */
interface ServiceContext {
  readonly deployment: Deployment;
  /** Undefined where an admin or nobody in particular is calling. */
  readonly caller: Caller | undefined;
}

export type Call = HttpCall<ServiceContext>;

export interface Route extends HttpRoute<ServiceContext> {
  readonly access: Access;
  /** For the list that `GET /` gives. */
  readonly does: string;
  /** Reads its body as a stream; a gateway's signature then holds only at the stream's end. */
  readonly streams?: boolean;
}

/** The caller of a route that has one. */
export function callerOf({ caller }: Call): Caller {
  if (caller === undefined) throw new Error("the route has no caller");
  return caller;
}

/** The JSON object that a request brought; an empty body counts as `{}`. */
export async function readObject({ body }: Call): Promise<Record<string, unknown>> {
  const bytes = await body.bytes(objectBytes);
  if (bytes.length === 0) return {};
  // Also where it is short: anyone may send one, as often as they like.
  checkShape(bytes, { from: 0 });
  const value = await body.json(objectBytes);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw badRequest("invalid_body", "the body must be a JSON object");
  }
  return value as Record<string, unknown>;
}

/** A member that may be missing or null, and otherwise must be a string. */
export function optionalText(object: Record<string, unknown>, name: string): string | undefined {
  const value = object[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string" && value.isWellFormed()) return value;
  throw badRequest("invalid_body", `\`${name}\` must be a string`);
}

/** The project a request names, checked in the order that tells strangers nothing: 400, 403, 404. */
export async function requireProject(
  { deployment, caller }: Call,
  projectId: unknown,
): Promise<Project> {
  if (caller === undefined) throw new Error("the route has no caller");
  if (typeof projectId !== "string" || projectId === "") {
    throw badRequest("missing_project_id", "`project_id` is required");
  }
  if (caller.projectId !== null && caller.projectId !== projectId) {
    throw new HttpError(403, "project_scope_mismatch", "the token is bound to another project");
  }
  const project = await deployment.records.project({ orgId: caller.org.id, projectId });
  if (project !== undefined) return project;
  throw new HttpError(
    404,
    "project_not_found",
    "the org has no such project; register it with `agent-trace project create <url>`",
  );
}
