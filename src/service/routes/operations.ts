import { HttpError, badRequest, json } from "../../http/http-error.ts";
import { isBlobId, isSlug } from "../../schema/ids.ts";
import { formatTime, parseTime } from "../../schema/time.ts";
import type { Project } from "../records.ts";
import { type Call, type Route, optionalText, readObject } from "../route.ts";
import { figuresType } from "../metrics.ts";
import { collectGarbage, purge } from "../upkeep.ts";
import { noteAct } from "./audit.ts";
import { namedOrg, orgNames } from "./orgs.ts";

const mostEntries = 1000;
const mostDays = 36_500;

/** What an admin does to keep a service in order. */
export const operationRoutes: readonly Route[] = [
  {
    method: "GET",
    pattern: "/metrics",
    access: "admin",
    does: "figures for Prometheus",
    handle: ({ deployment }) =>
      new Response(deployment.metrics.text({ epoch: deployment.records.epoch }), {
        headers: { "Content-Type": figuresType },
      }),
  },
  {
    method: "GET",
    pattern: "/api/v1/stats",
    access: "admin",
    does: "rows and bytes of all projects",
    handle: stats,
  },
  {
    method: "GET",
    pattern: "/api/v1/audit",
    access: "admin",
    does: "what admins did",
    handle: audit,
  },
  {
    method: "POST",
    pattern: "/api/v1/gc",
    access: "admin",
    does: "take away what nothing names",
    handle: collect,
  },
  {
    method: "POST",
    pattern: "/api/v1/purge",
    access: "admin",
    does: "take conversations away for good",
    handle: purgeRoute,
  },
  {
    method: "POST",
    pattern: "/api/v1/projects/:project_id/retention",
    access: "admin",
    does: "set how long a project keeps traces and conversations",
    handle: retention,
  },
];

async function stats({ deployment: { records } }: Call): Promise<Response> {
  const items: object[] = [];
  for (const { id, slug } of await records.orgs()) {
    const projects = (await records.operations.stats(id)).map((project) => ({
      ...project,
      last_push: project.last_push === null ? null : formatTime(BigInt(project.last_push)),
    }));
    items.push({
      org_id: id,
      org_slug: slug,
      projects,
      ...(await records.operations.blobStats(id)),
    });
  }
  return json({ items });
}

async function audit({ deployment: { records }, query }: Call): Promise<Response> {
  const since = query.get("since") ?? "";
  const time = since === "" ? 0n : parseTime(since.replace(/ (\d\d:?\d\d)$/, "+$1"));
  if (time === undefined) throw badRequest("invalid_since", "`since` is no RFC 3339 time");
  const entries = await records.operations.audit(Number(time), mostEntries);
  return json({ items: entries.map((entry) => ({ ...entry, at: formatTime(BigInt(entry.at)) })) });
}

async function collect(call: Call): Promise<Response> {
  const { records, segments, now } = call.deployment;
  const body = await readObject(call);
  const dryRun = body["dry_run"] === true;
  const collected = await collectGarbage({ records, segments }, { now: now(), dryRun });
  return json({ ok: true, dry_run: dryRun, ...collected });
}

async function purgeRoute(call: Call): Promise<Response> {
  const { deployment } = call;
  const body = await readObject(call);
  const conversation = optionalText(body, "conversation_id");
  const blob = optionalText(body, "sha256");
  const before = optionalText(body, "before");
  const given = [conversation, blob, before].filter((value) => value !== undefined);
  if (given.length !== 1) {
    throw badRequest("invalid_purge", "give one of `conversation_id`, `sha256` and `before`");
  }
  if (blob !== undefined && !isBlobId(blob)) {
    throw badRequest("invalid_digest", "a blob's name is 64 lower-case hex digits");
  }
  const time = before === undefined ? undefined : parseTime(before);
  if (before !== undefined && time === undefined) {
    throw badRequest("invalid_time", "`before` is no RFC 3339 time");
  }
  const project = await namedProject(call, body, optionalText(body, "project_id"));
  const dryRun = body["dry_run"] === true;
  const what = { conversation, blob, before: time === undefined ? undefined : Number(time) };
  const conversations = await purge(deployment, project, { what, dryRun, now: deployment.now() });
  if (!dryRun) {
    await noteAct(call, {
      org: project.org_id,
      action: "purge",
      target: `${project.project_id} ${conversation ?? blob ?? `before ${before}`}`,
    });
  }
  return json({ ok: true, dry_run: dryRun, conversations });
}

async function retention(call: Call): Promise<Response> {
  const body = await readObject(call);
  const days = body["keep_days"] ?? null;
  if (days !== null && !(Number.isInteger(days) && Number(days) >= 1 && Number(days) <= mostDays)) {
    throw badRequest(
      "invalid_days",
      `\`keep_days\` must be a whole number from 1 to ${mostDays}, or null`,
    );
  }
  const project = await namedProject(call, body, call.parameters["project_id"]);
  const { org_id: orgId, project_id: projectId } = project;
  const keepDays = days === null ? null : Number(days);
  await call.deployment.records.setRetention({ orgId, projectId }, keepDays);
  await noteAct(call, {
    org: orgId,
    action: "project.retention",
    target: `${projectId} ${keepDays === null ? "off" : `${keepDays} days`}`,
  });
  return json({ project_id: projectId, keep_days: keepDays });
}

async function namedProject(
  call: Call,
  body: Record<string, unknown>,
  projectId: string | undefined,
): Promise<Project> {
  const org = await namedOrg(call, orgNames(call, body));
  if (!isSlug(projectId)) throw badRequest("missing_project_id", "`project_id` is required");
  const project = await call.deployment.records.project({ orgId: org.id, projectId });
  if (project !== undefined) return project;
  throw new HttpError(404, "project_not_found", "the org has no such project");
}
