/**
 * The other end of push and pull: a value with one method, `fetch(Request) → Response`, over a database and a blob
 * store that are handed in. Nothing here listens on a port or reads the environment.
 * Source of the rules: docs/service.md.
 */
import type { BlobStore } from "./blob-store.ts";
import { type Caller, bearerCaller, gatewayCaller, isAdmin, requireAdmin } from "./credentials.ts";
import { rateLimit, slots } from "../http/rate-limit.ts";
import type { Microseconds, Records } from "./records.ts";
import type { RequestBody } from "../http/request-body.ts";
import { type Handler, requestHandler } from "../http/request-handler.ts";
import type { RequestLine } from "../http/request-log.ts";
import { type Deployment, type Route, jsonBytes } from "./route.ts";
import { aboutRoutes } from "./routes/about.ts";
import { blobRoutes } from "./routes/blobs.ts";
import { orgRoutes } from "./routes/orgs.ts";
import { missingScope, projectRoutes } from "./routes/projects.ts";
import { rowRoutes } from "./routes/rows.ts";
import { tokenRoutes } from "./routes/tokens.ts";

export interface ServiceOptions {
  readonly database: Records;
  readonly blobs: BlobStore;
  /** Undefined: admin requests are refused. */
  readonly adminSecret?: string | undefined;
  readonly gatewaySecret?: string | undefined;
  readonly build?: string;
  readonly blobMaxBytes?: number;
  /** Requests a second and token; 0: no limit. */
  readonly rate?: number;
  /** Milliseconds without a byte after which a body is given up. */
  readonly bodyTimeout?: number;
  now?(): Microseconds;
  /** One call for each request, once its answer has left or has been given up. */
  onRequest?(line: RequestLine): void;
  /** What went wrong on our side, for the operator; the caller only learns that something did. */
  onFailure?(error: unknown, requestId: string): void;
}

export type Service = Handler;

/** Every route of the service; the test of who may do what goes through this list. */
export const routes: readonly Route[] = [
  ...aboutRoutes(() => routes),
  ...orgRoutes,
  ...tokenRoutes,
  ...projectRoutes,
  ...rowRoutes,
  ...blobRoutes,
];

const uploadsAtATime = 8;
/** How long the time of a token's last use may be behind: a write for every request would be dear. */
const touchEvery = 60_000_000;

/** The service over these stores. See `ServiceOptions` for what can be set. */
export function createService(options: ServiceOptions): Service {
  const { database: records, blobs, gatewaySecret, onRequest, onFailure } = options;
  const now = options.now ?? microseconds;
  const deployment: Deployment = {
    records,
    blobs,
    build: options.build ?? "unknown",
    blobMaxBytes: options.blobMaxBytes ?? 64 * 1024 * 1024,
    adminSecret: options.adminSecret,
    takeUploadSlot: slots(uploadsAtATime),
    now,
  };
  const takeRate = rateLimit(options.rate ?? 500, () => now() / 1000);
  const touched = new Map<string, Microseconds>();

  async function touch({ tokenId }: Caller): Promise<void> {
    if (tokenId === undefined) return;
    const at = now();
    if (at - (touched.get(tokenId) ?? 0) < touchEvery) return;
    touched.set(tokenId, at);
    await records.touchToken(tokenId, at);
  }

  /** Who is calling, once it is certain that they may call this route. */
  async function admit(
    { access, streams }: Route,
    headers: Headers,
    body: RequestBody,
  ): Promise<Caller | undefined> {
    if (access === "none") return undefined;
    if (access === "admin") {
      requireAdmin(headers, deployment.adminSecret);
      return undefined;
    }
    if (access === "either" && isAdmin(headers, deployment.adminSecret)) return undefined;
    const signed = await gatewayCaller(records, { headers, body, secret: gatewaySecret });
    const caller = signed ?? (await bearerCaller(records, headers));
    if (signed !== undefined && streams !== true) await body.bytes(jsonBytes);
    takeRate(caller.rateKey);
    if (access !== "either" && !caller.scopes.includes(access)) throw missingScope(access);
    await touch(caller);
    return caller;
  }

  return requestHandler(routes, {
    bodyTimeout: options.bodyTimeout,
    now: () => now() / 1000,
    headers: () => ({ "Agent-Trace-Epoch": records.epoch, "Cache-Control": "no-store" }),
    ...(onRequest === undefined ? {} : { onRequest }),
    ...(onFailure === undefined ? {} : { onFailure }),
    async answer({ route, line, ...parts }) {
      const caller = await admit(route, parts.request.headers, parts.body);
      line.org = caller?.org.slug ?? null;
      return route.handle({ ...parts, deployment, caller });
    },
  });
}

/** The wall clock in microseconds; its last digits come from the monotonic one. */
export function microseconds(): Microseconds {
  return Math.floor((performance.timeOrigin + performance.now()) * 1000);
}
