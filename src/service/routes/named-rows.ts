import { HttpError } from "../../http/http-error.ts";
import { type Resource, parseWireName } from "../../schema/resource.ts";
import { formatTime } from "../../schema/time.ts";
import type { Tenant } from "../records.ts";
import { type Call, requireProject } from "../route.ts";

/** Spellings of services in the field. */
const otherNames = new Map([
  ["conversation_contents", "conversations"],
  ["commit_links", "commit-links"],
]);

/** The resource that the path names. */
export function resourceOf({ parameters }: Call): Resource {
  const name = parameters["resource"] ?? "";
  const resource = parseWireName(otherNames.get(name) ?? name);
  if (resource === undefined) {
    throw new HttpError(404, "unknown_resource", "there is no such resource");
  }
  return resource;
}

/** The project that a request names, checked. */
export async function tenantOf(call: Call, projectId: unknown): Promise<Tenant> {
  const project = await requireProject(call, projectId);
  return { orgId: project.org_id, projectId: project.project_id };
}

/** A place as it goes over the wire. */
export function timeOf(place: number | null): string | null {
  return place === null ? null : formatTime(BigInt(place));
}
