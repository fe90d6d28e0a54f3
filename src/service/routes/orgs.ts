import { isSlug } from "../../schema/ids.ts";
import { HttpError, badRequest, json } from "../../http/http-error.ts";
import { type Org, defaultOrg } from "../records.ts";
import { type Call, type Route, optionalText, readObject } from "../route.ts";
import { noteAct } from "./audit.ts";

const idPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The org that a request names, in its body or in its query. One place reads both: a request that names another org
 * where nobody looks must never act on the default one. Throws 400 where the two disagree.
 */
export function orgNames(
  { query }: Call,
  body: Record<string, unknown> = {},
): { id: string | undefined; slug: string | undefined } {
  const one = (name: string): string | undefined => {
    const asked = query.getAll(name).filter((value) => value !== "");
    const said = optionalText(body, name);
    const names = new Set([...asked, ...(said === undefined ? [] : [said])]);
    if (names.size <= 1) return [...names][0];
    throw badRequest("org_mismatch", `\`${name}\` names two orgs`);
  };
  return { id: one("org_id"), slug: one("org_slug") };
}

/** The org that an admin names by id, by slug, or not at all (the default one). Throws 404, and 400 where the two disagree. */
export async function namedOrg(
  { deployment: { records } }: Call,
  { id, slug }: { id: string | undefined; slug: string | undefined },
): Promise<Org> {
  const by = id !== undefined ? { id } : slug !== undefined ? { slug } : { id: defaultOrg.id };
  const org = await records.findOrg(by);
  if (org === undefined) throw new HttpError(404, "org_not_found", "there is no such org");
  if (slug !== undefined && org.slug !== slug) {
    throw badRequest("org_slug_mismatch", "`org_id` and `org_slug` name two orgs", {
      expected: org.slug,
      got: slug,
    });
  }
  return org;
}

export const orgRoutes: readonly Route[] = [
  {
    method: "POST",
    pattern: "/api/v1/orgs",
    access: "admin",
    does: "make an org",
    handle: createOrg,
  },
  {
    method: "GET",
    pattern: "/api/v1/orgs",
    access: "admin",
    does: "list the orgs",
    async handle({ deployment }) {
      return json({ items: await deployment.records.orgs() });
    },
  },
  {
    method: "POST",
    pattern: "/api/v1/orgs/:slug/people",
    access: "admin",
    does: "switch an org's tables by person on or off",
    handle: switchPeople,
  },
];

async function createOrg(call: Call): Promise<Response> {
  const { records } = call.deployment;
  const body = await readObject(call);
  const { slug } = body;
  const { id } = body;
  if (!isSlug(slug)) {
    throw badRequest("invalid_slug", "`slug` must be 1 to 64 of a-z 0-9 . _ -");
  }
  if (id !== undefined && id !== null && !(typeof id === "string" && idPattern.test(id))) {
    throw badRequest("invalid_id", "`id` must be a UUID");
  }
  const given = id?.toLowerCase();
  const known = given === undefined ? await records.findOrg({ slug }) : undefined;
  const made = await records.createOrg({
    id: given ?? known?.id ?? crypto.randomUUID(),
    slug,
    name: optionalText(body, "name") ?? slug,
  });
  if ("conflict" in made) {
    throw new HttpError(
      409,
      `org_${made.conflict}_conflict`,
      `another org has this ${made.conflict}`,
    );
  }
  if (made.created) await noteAct(call, { org: made.org.id, action: "org.create", target: slug });
  return json(made.org, made.created ? 201 : 200);
}

async function switchPeople(call: Call): Promise<Response> {
  const org = await namedOrg(call, { id: undefined, slug: call.parameters["slug"] ?? "" });
  const { shown } = await readObject(call);
  if (typeof shown !== "boolean") throw badRequest("invalid_body", "`shown` must be true or false");
  await call.deployment.records.setNamesPeople(org.id, shown);
  await noteAct(call, { org: org.id, action: "org.people", target: shown ? "on" : "off" });
  return json({ org_slug: org.slug, people: shown });
}
