import type { Token } from "../../service/records.ts";
import type { Deployment, Route } from "../../service/route.ts";
import type { TeamAct, TeamOrg } from "../../viewer/team-views.ts";
import { read, timeOf } from "./page-route.ts";

/** Acts in a list: the latest. */
const mostActs = 500;

/** What who holds the admin secret sees: who may come in, what was done, what is kept. No row and no transcript. */
export const adminRoutes: readonly Route[] = [
  read(
    "/team/admin/orgs",
    "tokens and storage of all orgs",
    ({ deployment }) => orgs(deployment),
    "admin",
  ),
  read(
    "/team/admin/audit",
    "what admins did, the latest first",
    ({ deployment }) => acts(deployment),
    "admin",
  ),
];

async function orgs({ records, now }: Deployment): Promise<TeamOrg[]> {
  const found: TeamOrg[] = [];
  for (const { id, slug, name } of await records.orgs()) {
    const [tokens, people, blobs, projects] = await Promise.all([
      records.tokens(id),
      records.namesPeople(id),
      records.operations.blobStats(id),
      records.operations.stats(id),
    ]);
    found.push({
      org: slug,
      name,
      people,
      tokens: tokens.map((token) => describe(token, now())),
      storage: {
        ...blobs,
        projects: projects.map(({ project_id: project, rows, bytes, last_push: last }) => ({
          project,
          rows: Object.values(rows).reduce((sum, count) => sum + count, 0),
          bytes,
          last_push: timeOf(last),
        })),
      },
    });
  }
  return found;
}

function describe(token: Token, now: number): TeamOrg["tokens"][number] {
  const { id, prefix, name, project_id: project, scopes } = token;
  const hasEnded = (token.expires_at ?? Infinity) <= now;
  return {
    id,
    prefix,
    name,
    project,
    scopes,
    created_at: timeOf(token.created_at) ?? "",
    last_used_at: timeOf(token.last_used_at),
    expires_at: timeOf(token.expires_at),
    state: token.revoked_at !== null ? "revoked" : hasEnded ? "expired" : "live",
  };
}

async function acts({ records }: Deployment): Promise<TeamAct[]> {
  const names = new Map((await records.orgs()).map(({ id, slug }) => [id, slug]));
  const latest = await records.operations.latestActs(mostActs);
  return latest.map(({ at, org_id: org, actor, action, target }) => ({
    at: timeOf(at) ?? "",
    org: names.get(org) ?? org,
    actor,
    action,
    target,
  }));
}
