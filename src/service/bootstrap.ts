import { AppError } from "../errors.ts";
import { type Slug, parseSlug } from "../schema/ids.ts";
import { makeToken } from "./credentials.ts";
import { type Microseconds, type Records, scopes } from "./records.ts";

export interface Bootstrapped {
  readonly org: string;
  readonly project: string;
  /** Plain: the only time it is seen. Null where the org has a token already. */
  readonly token: string | null;
}

/** What a first start is to make. */
export interface BootstrapNames {
  readonly slug: Slug;
  readonly project: Slug;
}

/** Reads `<org>/<project>`. */
export function parseBootstrap(name: string): BootstrapNames {
  const [org = "", project, ...rest] = name.split("/");
  if (project === undefined || rest.length > 0) {
    throw new AppError("usage", "`--bootstrap` takes an org and a project", {
      hint: "write `--bootstrap acme/app`",
    });
  }
  return { slug: parseSlug(org, "the org"), project: parseSlug(project, "the project") };
}

/**
 * Makes the org and the project where they are missing and, where the org has no live token, one with every scope. A
 * service that is started again with the same flag must not heap tokens up.
 */
export async function bootstrap(
  records: Records,
  { slug, project }: BootstrapNames,
  now: () => Microseconds,
): Promise<Bootstrapped> {
  const known = await records.findOrg({ slug });
  const made =
    known ?? (await records.createOrg({ id: crypto.randomUUID(), slug, name: slug })).org;
  await records.createProject({
    org_id: made.id,
    project_id: project,
    name: null,
    description: null,
    created_at: now(),
  });
  const tokens = await records.tokens(made.id);
  if (tokens.some(({ revoked_at: revokedAt }) => revokedAt === null)) {
    return { org: slug, project, token: null };
  }
  const { plain, hash, prefix } = makeToken();
  await records.createToken(
    {
      id: crypto.randomUUID(),
      prefix,
      org_id: made.id,
      project_id: null,
      scopes,
      name: "bootstrap",
      created_at: now(),
      last_used_at: null,
      revoked_at: null,
      expires_at: null,
    },
    hash,
  );
  return { org: slug, project, token: plain };
}
