import { formatTime } from "../../schema/time.ts";
import { HttpError, json } from "../../http/http-error.ts";
import { type Call, type Route, callerOf, jsonBytes } from "../route.ts";

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
      handle: ({ deployment }) =>
        json({
          name: "agent-trace",
          version: deployment.build,
          endpoints: routes().map(({ method, pattern, does }) => ({
            method,
            path: pattern.replace(/:(\w+)/g, "<$1>"),
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
      pattern: "/api/v1/version",
      access: "none",
      does: "version, epoch, capabilities and limits",
      handle: ({ deployment }) =>
        json({
          name: "agent-trace",
          schema_version: schemaVersion,
          build: deployment.build,
          epoch: deployment.records.epoch,
          capabilities: ["row-status", "blobs-missing", "zstd", "gzip"],
          limits: {
            batch_items: 500,
            batch_bytes: jsonBytes,
            page_items: 1000,
            blob_bytes: deployment.blobMaxBytes,
          },
        }),
    },
    {
      method: "GET",
      pattern: "/api/v1/auth/whoami",
      access: "read",
      does: "whose token this is",
      handle(call) {
        const { org, projectId, scopes } = callerOf(call);
        return json({ org_id: org.id, org_slug: org.slug, project_id_scope: projectId, scopes });
      },
    },
  ];
}

async function health({ deployment }: Call): Promise<Response> {
  const answer = {
    schema_version: schemaVersion,
    build: deployment.build,
    timestamp: formatTime(BigInt(deployment.now())),
  };
  try {
    await deployment.records.ping();
  } catch (error) {
    if (error instanceof HttpError) throw error;
    return json({ status: "error", db: "disconnected", ...answer }, 503);
  }
  return json({ status: "ok", db: "connected", ...answer });
}
