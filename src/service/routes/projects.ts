import { isSlug } from "../../schema/ids.ts";
import { formatTime } from "../../schema/time.ts";
import type { Caller } from "../credentials.ts";
import { HttpError, badRequest, json } from "../../http/http-error.ts";
import type { NewProject, Org } from "../records.ts";
import {
  type Call,
  type Route,
  callerOf,
  optionalText,
  readObject,
  requireProject,
} from "../route.ts";
import { noteAct } from "./audit.ts";
import { namedOrg, orgNames } from "./orgs.ts";

export const projectRoutes: readonly Route[] = [
  {
    method: "POST",
    pattern: "/api/v1/projects",
    access: "either",
    does: "register a project",
    handle: createProject,
  },
  {
    method: "GET",
    pattern: "/api/v1/projects",
    access: "either",
    does: "list the org's projects",
    handle: listProjects,
  },
  {
    method: "GET",
    pattern: "/api/v1/projects/:project_id",
    access: "read",
    does: "one project",
    async handle(call) {
      return json(describe(await requireProject(call, call.parameters["project_id"])));
    },
  },
  {
    method: "DELETE",
    pattern: "/api/v1/projects/:project_id",
    access: "either",
    does: "delete a project and all its rows",
    handle: deleteProject,
  },
];

async function createProject(call: Call): Promise<Response> {
  const { records, now } = call.deployment;
  if (call.caller !== undefined) requireAuthority(call.caller);
  const body = await readObject(call);
  const org = await orgOf(call, orgNames(call, body));
  const projectId = optionalText(body, "project_id");
  if (!isSlug(projectId)) {
    throw badRequest("invalid_slug", "`project_id` must be 1 to 64 of a-z 0-9 . _ -");
  }
  const project: NewProject = {
    org_id: org.id,
    project_id: projectId,
    name: optionalText(body, "name") ?? null,
    description: optionalText(body, "description") ?? null,
    created_at: now(),
  };
  if (!(await records.createProject(project))) {
    throw new HttpError(409, "project_exists", "the org has a project of this id");
  }
  await noteAct(call, { org: org.id, action: "project.create", target: projectId });
  return json(describe(project), 201);
}

async function listProjects(call: Call): Promise<Response> {
  const { records } = call.deployment;
  const { caller } = call;
  if (caller !== undefined && !caller.scopes.includes("read")) throw missingScope("read");
  const org = await orgOf(call, orgNames(call));
  const bound = caller?.projectId ?? null;
  const projects = await records.projects(org.id);
  const visible = projects.filter(({ project_id }) => bound === null || project_id === bound);
  return json({ items: visible.map(describe) });
}

async function deleteProject(call: Call): Promise<Response> {
  const { records } = call.deployment;
  if (call.caller !== undefined) requireAuthority(call.caller);
  const body = await readObject(call);
  const org = await orgOf(call, orgNames(call, body));
  const projectId = call.parameters["project_id"] ?? "";
  if (!(await records.deleteProject({ orgId: org.id, projectId }))) {
    throw new HttpError(404, "project_not_found", "the org has no such project");
  }
  await noteAct(call, { org: org.id, action: "project.delete", target: projectId });
  return new Response(null, { status: 204 });
}

/** The org a request is about: the caller's own, which the body may only repeat, or the one an admin names. */
async function orgOf(
  call: Call,
  named: { id: string | undefined; slug: string | undefined },
): Promise<Org> {
  if (call.caller === undefined) return namedOrg(call, named);
  const { org } = callerOf(call);
  for (const [expected, got] of [
    [org.slug, named.slug],
    [org.id, named.id],
  ]) {
    if (got !== undefined && got !== expected) {
      throw new HttpError(403, "org_slug_mismatch", "the token belongs to another org", {
        details: { expected, got },
      });
    }
  }
  return org;
}

function requireAuthority(caller: Caller): void {
  if (caller.projectId !== null) {
    throw new HttpError(403, "project_scope_mismatch", "the token is bound to one project");
  }
  if (!caller.scopes.includes("projects:write")) throw missingScope("projects:write");
}

export function missingScope(scope: string): HttpError {
  return new HttpError(403, "missing_scope", `the token lacks the scope \`${scope}\``);
}

function describe({ org_id, project_id, name, description, created_at }: NewProject): object {
  return { org_id, project_id, name, description, created_at: formatTime(BigInt(created_at)) };
}
