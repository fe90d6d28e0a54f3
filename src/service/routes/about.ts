import { systemCode } from "../../errors.ts";
import { formatTime } from "../../schema/time.ts";
import { HttpError, json } from "../../http/http-error.ts";
import { segmentBytes } from "../blob-parts.ts";
import { bearerCaller } from "../credentials.ts";
import { rowBytes } from "../incoming-rows.ts";
import type { Project } from "../records.ts";
import {
  type Call,
  type Deployment,
  type Route,
  batchBytes,
  callerOf,
  projectEpoch,
  tenantOfProject,
} from "../route.ts";

/** Of what goes over the wire, not of the database. */
const schemaVersion = "1";

/** What the service says of itself and of the caller. `routes` is asked late: the list holds these routes too. */
export function aboutRoutes(routes: () => readonly Route[]): readonly Route[] {
  return [
    {
      method: "GET",
      pattern: "/",
      access: "none",
      does: "what this is",
      handle: ({ deployment, request }) =>
        (isPage(request) ? deployment.home?.(request) : undefined) ??
        json({
          name: "agent-trace",
          version: deployment.build,
          endpoints: routes().map(({ method, pattern, does }) => ({
            method,
            path: pattern.replace(/:(\w+)\*?/g, "<$1>"),
            does,
          })),
        }),
    },
    {
      method: "GET",
      pattern: "/health",
      access: "none",
      does: "whether the service and its database work",
      handle: health,
    },
    {
      method: "GET",
      pattern: "/health/ready",
      access: "none",
      does: "whether requests are to be sent here",
      handle: (call) =>
        call.deployment.isReady() ? health(call) : json({ status: "stopping" }, 503),
    },
    {
      method: "GET",
      pattern: "/api/v1/version",
      access: "none",
      does: "version, epoch, capabilities and limits",
      handle: version,
    },
    {
      method: "GET",
      pattern: "/api/v1/auth/whoami",
      access: "any",
      does: "whose token this is",
      handle(call) {
        const { org, projectId, scopes } = callerOf(call);
        return json({ org_id: org.id, org_slug: org.slug, project_id_scope: projectId, scopes });
      },
    },
  ];
}

/** Programs take anything, browsers ask for a page by name. */
function isPage({ headers }: Request): boolean {
  return /\btext\/html\b/i.test(headers.get("Accept") ?? "");
}

/** How long what was found out stays good, in microseconds: anybody may ask, and each look writes to the disk. */
const healthLasts = 1_000_000;

interface Health {
  readonly until: number;
  readonly status: number;
  readonly found: object;
}

const healths = new WeakMap<Deployment, Promise<Health>>();

async function health({ deployment }: Call): Promise<Response> {
  let state = await healths.get(deployment);
  if (state === undefined || state.until < deployment.now()) {
    const looking = look(deployment);
    healths.set(deployment, looking);
    state = await looking;
  }
  const { status, found } = state;
  return json(
    {
      ...found,
      schema_version: schemaVersion,
      build: deployment.build,
      timestamp: formatTime(BigInt(deployment.now())),
    },
    status,
  );
}

async function look({ records, segments, now }: Deployment): Promise<Health> {
  const until = now() + healthLasts;
  try {
    await records.ping();
  } catch (error) {
    const isFull = ["SQLITE_FULL", "ENOSPC", "EDQUOT"].includes(systemCode(error) ?? "");
    const db = isFull ? "full" : "disconnected";
    return { until, status: 503, found: { status: "error", db } };
  }
  const up = { status: "ok", db: "connected" };
  try {
    await segments.ping();
  } catch {
    // Rows go on without transcripts, so the service as a whole is up.
    return { until, status: 200, found: { ...up, blobs: "unavailable" } };
  }
  return { until, status: 200, found: up };
}

/** What the service can do and, for a caller who may use the project that it names, where that stands. */
async function version({ deployment, query, request, answerHeaders }: Call): Promise<Response> {
  const { records, build, blobMaxBytes } = deployment;
  const project = await visibleProject(deployment, request.headers, query.get("project_id"));
  if (project !== undefined) answerHeaders.set("Agent-Trace-Epoch", projectEpoch(records, project));
  const places = project && (await records.places(tenantOfProject(project)));
  return json({
    name: "agent-trace",
    schema_version: schemaVersion,
    build,
    epoch: project === undefined ? records.epoch : projectEpoch(records, project),
    capabilities: [
      "row-status",
      "places",
      "digest",
      "blobs-missing",
      "blob-append",
      "purge",
      "commit-counts",
      "zstd",
      "gzip",
    ],
    limits: {
      batch_items: 500,
      batch_bytes: batchBytes,
      row_bytes: rowBytes,
      page_items: 1000,
      blob_bytes: blobMaxBytes,
      append_bytes: segmentBytes,
    },
    ...(places === undefined
      ? {}
      : {
          places: Object.fromEntries(
            Object.entries(places).map(([resource, place]) => [
              resource,
              place === null ? null : formatTime(BigInt(place)),
            ]),
          ),
        }),
  });
}

async function visibleProject(
  { records, now }: Deployment,
  headers: Headers,
  projectId: string | null,
): Promise<Project | undefined> {
  if (projectId === null || !headers.has("Authorization")) return undefined;
  const caller = await bearerCaller(records, headers, now()).catch((error: unknown) => {
    if (error instanceof HttpError) return undefined;
    throw error;
  });
  if (caller === undefined) return undefined;
  if (caller.projectId !== null && caller.projectId !== projectId) return undefined;
  return records.project({ orgId: caller.org.id, projectId });
}
