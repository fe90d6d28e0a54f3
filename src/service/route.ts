import { checkShape } from "./batch-shape.ts";
import type { Blobs } from "./blobs.ts";
import { whenEnded } from "../http/stream.ts";
import type { Caller } from "./credentials.ts";
import { HttpError, badRequest } from "../http/http-error.ts";
import type { Metrics } from "./metrics.ts";
import type { Microseconds, Project, Records, Scope, Tenant } from "./records.ts";
import type { SegmentStore } from "./segment-store.ts";
import type { Call as HttpCall, Route as HttpRoute } from "../http/route.ts";

/** JSON bodies may be this long as they come over the wire. */
export const jsonBytes = 32 * 1024 * 1024;

/** What we ask of our own clients: a batch that is parsed holds up everybody else. */
export const batchBytes = 8 * 1024 * 1024;

/** Those that name things and hold no rows need far less, and some of them may be sent by anyone. */
const objectBytes = 128 * 1024;

/** What every route works with. */
export interface Deployment {
  readonly records: Records;
  readonly blobs: Blobs;
  readonly segments: SegmentStore;
  readonly build: string;
  readonly blobMaxBytes: number;
  readonly adminSecret: string | undefined;
  /** Gives a place among a caller's uploads, and the function that frees it. */
  takeUploadSlot(key: string): Promise<() => void>;
  /** The same for pages and blobs on their way to a caller. */
  takeDownloadSlot(key: string): Promise<() => void>;
  /** Gives one of the few places for batches that are taken apart and stored at the same time. */
  takeBatchSlot(): Promise<() => void>;
  readonly metrics: Metrics;
  /** What `GET /` shows to a browser, where the service has pages. */
  readonly home: ((request: Request) => Response) | undefined;
  /** Whether the service stops or has not started: a load balancer is to ask another one. */
  isReady(): boolean;
  /** The wall clock, which may be set back. */
  now(): Microseconds;
}

/**
 * Who may call a route: anyone; the holder of the admin secret; a token with this scope, or `any` token; or either of
 * the two (admin first). With `either` the route itself asks for the scope, as admins have none. `perhaps`: anyone, who is
 * known where they have said who they are.
 */
export type Access = "none" | "perhaps" | "admin" | "either" | "any" | "read-or-write" | Scope;

/** What the service's routes work with. */
interface ServiceContext {
  readonly deployment: Deployment;
  /** Undefined where an admin or nobody in particular is calling. */
  readonly caller: Caller | undefined;
  /** Put on the answer, a refusal too. */
  readonly answerHeaders: Headers;
}

export type Call = HttpCall<ServiceContext>;

export interface Route extends HttpRoute<ServiceContext> {
  readonly access: Access;
  /** For the list that `GET /` gives. */
  readonly does: string;
  /** Answers also to a browser that logged in to the team page. */
  readonly takesSession?: boolean;
  /** A secret is typed in its body: who guesses is soon no longer listened to. */
  readonly takesSecret?: boolean;
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

/** The identity of a project's contents. */
export function projectEpoch({ epoch }: Records, { number }: Project): string {
  return `${epoch}.${number}`;
}

export function tenantOfProject({ org_id: orgId, project_id: projectId }: Project): Tenant {
  return { orgId, projectId };
}

/** Our first versions break off where this header says another epoch than `GET /version`, which names no project. */
const knowsNoProjectEpoch = /^agent-trace\/0\.[01]\./;

/** The project a request names, checked in the order that tells strangers nothing: 400, 403, 404. */
export async function requireProject(
  { deployment, caller, request, answerHeaders }: Call,
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
  if (project !== undefined) {
    if (!knowsNoProjectEpoch.test(request.headers.get("User-Agent") ?? "")) {
      answerHeaders.set("Agent-Trace-Epoch", projectEpoch(deployment.records, project));
    }
    return project;
  }
  throw new HttpError(
    404,
    "project_not_found",
    "the org has no such project; register it with `agent-trace project create <url>`",
  );
}

/** An answer that is on its way until its last byte has left; until then the caller holds a place for it. */
export async function holdingSlot(call: Call, answer: () => Promise<Response>): Promise<Response> {
  const free = await call.deployment.takeDownloadSlot(callerOf(call).rateKey);
  try {
    const response = await answer();
    const { body } = response;
    // Of known length: it has been handed over as a whole.
    if (body === null || response.headers.has("Content-Length")) {
      free();
      return response;
    }
    return new Response(whenEnded(body, free), response);
  } catch (error) {
    free();
    throw error;
  }
}
