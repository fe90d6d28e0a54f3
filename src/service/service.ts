/**
 * The other end of push and pull: a value with one method, `fetch(Request) → Response`, over a database and a blob
 * store that are handed in. Nothing here listens on a port or reads the environment.
 * Source of the rules: docs/service.md.
 */
import { withoutTokens } from "../schema/without-tokens.ts";
import { serviceMetrics } from "./metrics.ts";
import { timedRecords } from "./timed-records.ts";
import { openBlobs } from "./blobs.ts";
import type { SegmentStore } from "./segment-store.ts";
import { HttpError } from "../http/http-error.ts";
import { admission } from "./admission.ts";
import { slots } from "../http/rate-limit.ts";
import type { Microseconds, Records } from "./records.ts";
import { type Handler, requestHandler } from "../http/request-handler.ts";
import type { RequestLine } from "../http/request-log.ts";
import type { Deployment, Route } from "./route.ts";
import { aboutRoutes } from "./routes/about.ts";
import { blobRoutes } from "./routes/blobs.ts";
import { commitCountRoutes } from "./routes/commit-counts.ts";
import { operationRoutes } from "./routes/operations.ts";
import { orgRoutes } from "./routes/orgs.ts";
import { projectRoutes } from "./routes/projects.ts";
import { rowRoutes } from "./routes/rows.ts";
import { tokenRoutes } from "./routes/tokens.ts";

export interface ServiceOptions {
  readonly database: Records;
  readonly segments: SegmentStore;
  /** Undefined: admin requests are refused. */
  readonly adminSecret?: string | undefined;
  readonly gatewaySecret?: string | undefined;
  readonly build?: string;
  readonly blobMaxBytes?: number;
  /** Requests a second and token; 0: no limit. */
  readonly rate?: number;
  /** Milliseconds without a byte after which a body is given up. */
  readonly bodyTimeout?: number;
  /** Milliseconds that a caller with too many pages on their way waits for one of them to end. */
  readonly downloadWait?: number;
  /** Pages for people: what they are asked at, and what a browser is shown at `/`. */
  readonly pages?: ServicePages | undefined;
  now?(): Microseconds;
  /** False while the service is stopping. */
  isReady?(): boolean;
  /** One call for each request, once its answer has left or has been given up. */
  onRequest?(line: RequestLine): void;
  /** What went wrong on our side, for the operator; the caller only learns that something did. */
  onFailure?(error: unknown, requestId: string): void;
}

export interface ServicePages {
  readonly routes: readonly Route[];
  home(request: Request): Response;
}

export interface Service extends Handler {
  /** What `GET /metrics` answers, for who may read it without asking. */
  figures(): string;
}

/** Every route of the service; the test of who may do what goes through this list. */
export const routes: readonly Route[] = [
  ...aboutRoutes(() => routes),
  ...orgRoutes,
  ...tokenRoutes,
  ...projectRoutes,
  ...rowRoutes,
  ...blobRoutes,
  ...commitCountRoutes,
  ...operationRoutes,
];

const uploadsAtATime = 8;
const downloadsAtATime = 8;
/** A batch that is taken apart costs several times its bytes; those that wait cost their bytes alone. */
const batchesAtATime = 8;

/** The service over these stores. See `ServiceOptions` for what can be set. */
export function createService(options: ServiceOptions): Service {
  const { segments, gatewaySecret, onRequest, onFailure } = options;
  const metrics = serviceMetrics(options.build ?? "unknown");
  const records = timedRecords(options.database, metrics.database);
  const now = options.now ?? microseconds;
  const takeBatch = slots({ most: batchesAtATime, what: "batches", wait: 30_000 });
  const deployment: Deployment = {
    records,
    blobs: openBlobs(records, segments),
    segments,
    build: options.build ?? "unknown",
    blobMaxBytes: options.blobMaxBytes ?? 64 * 1024 * 1024,
    adminSecret: options.adminSecret,
    takeUploadSlot: slots({ most: uploadsAtATime, what: "uploads" }),
    takeDownloadSlot: slots({
      most: downloadsAtATime,
      what: "downloads",
      wait: options.downloadWait ?? 10_000,
    }),
    takeBatchSlot: () => takeBatch("all"),
    home: options.pages?.home,
    metrics,
    isReady: options.isReady ?? (() => true),
    now,
  };
  const { admit, noteRefusal } = admission(deployment, {
    gatewaySecret,
    rate: options.rate ?? 500,
  });

  const handler = requestHandler([...routes, ...(options.pages?.routes ?? [])], {
    bodyTimeout: options.bodyTimeout,
    now: () => now() / 1000,
    headers: () => ({ "Agent-Trace-Epoch": records.epoch, "Cache-Control": "no-store" }),
    onRequest(line) {
      metrics.observe(line);
      // Who revokes a token by its text, or pastes it behind an address, has it in the path.
      onRequest?.({ ...line, path: withoutTokens(line.path) });
    },
    ...(onFailure === undefined ? {} : { onFailure }),
    async answer({ route, line, address, ...parts }) {
      try {
        const { headers } = parts.request;
        const caller = await admit(route, { headers, body: parts.body, address });
        line.org = caller?.org.slug ?? null;
        const response = await route.handle({ ...parts, deployment, caller });
        noteRefusal(response.status, address);
        return response;
      } catch (error) {
        if (error instanceof HttpError) noteRefusal(error.status, address);
        throw error;
      }
    },
  });
  return { ...handler, figures: () => metrics.text({ epoch: records.epoch }) };
}

/** The wall clock in microseconds; its last digits come from the monotonic one. */
export function microseconds(): Microseconds {
  return Math.floor((performance.timeOrigin + performance.now()) * 1000);
}
