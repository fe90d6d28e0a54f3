import { AppError } from "../errors.ts";
import type { RemoteUrl } from "../schema/remote-url.ts";
import type { Client } from "./client.ts";
import { refusalOf, statusOf } from "./refusal.ts";
import { Accident } from "./retry.ts";

export interface Whoami {
  readonly orgSlug: string;
  /** The same names for messages: a service may say our own token for one. */
  readonly shown: { readonly org: string; readonly project: string };
  /** The one project that the token is bound to, or null. */
  readonly project: string | null;
  readonly scopes: readonly string[];
}

export interface ScopeCheck {
  readonly client: Client;
  readonly url: RemoteUrl;
  /** What to type when the token is wrong: `agent-trace remote set-token origin`, or an option of this command. */
  readonly setToken: string;
}

/**
 * Asks whose token this is and compares that with the URL, before anything is sent. Undefined from a service that
 * has no such page (`whoami_unsupported`). Throws with the codes of docs/sync.md, "Scope check".
 */
export async function checkScope({
  client,
  url,
  setToken,
}: ScopeCheck): Promise<Whoami | undefined> {
  const whoami = await askWhoami(client, setToken);
  if (whoami === undefined) return undefined;
  const mismatch = (code: "org_slug_mismatch" | "project_scope_mismatch", message: string) =>
    new AppError(code, `${message} (${code})`, {
      hint: `check the URL, or give a token that fits with \`${setToken}\``,
      details: {
        expected: code === "org_slug_mismatch" ? url.org : url.project,
        got: code === "org_slug_mismatch" ? whoami.shown.org : whoami.shown.project,
      },
    });
  if (whoami.orgSlug !== url.org) {
    throw mismatch(
      "org_slug_mismatch",
      `the token belongs to org \`${whoami.shown.org}\`, but the URL names \`${url.org}\``,
    );
  }
  if (whoami.project !== null && whoami.project !== url.project) {
    throw mismatch(
      "project_scope_mismatch",
      `the token is bound to project \`${whoami.shown.project}\`, but the URL names \`${url.project}\``,
    );
  }
  return whoami;
}

async function askWhoami(client: Client, setToken: string): Promise<Whoami | undefined> {
  try {
    return await client.exchange({
      method: "GET",
      path: "/api/v1/auth/whoami",
      async read(answer) {
        if (answer.status === 404) return undefined;
        if (answer.status !== 200) throw await refusalOf(answer);
        return readWhoami(await answer.json(), answer.redact) ?? failWhoami(client);
      },
    });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (statusOf(error) === 401) {
      const [fault, kind] = client.authenticated
        ? ["rejects the token", "another"]
        : ["wants a token", "a"];
      throw new AppError("whoami_unauthorized", `${client.from} ${fault} (whoami_unauthorized)`, {
        hint: `give it ${kind} token with \`${setToken}\``,
        cause: error,
      });
    }
    const unreachable = ["unreachable", "redirected", "invalid_answer"].includes(error.code);
    if (!unreachable && statusOf(error) === undefined) throw error;
    throw new AppError(
      unreachable ? "whoami_failed" : "whoami_forbidden",
      `${error.message} (whoami_failed)`,
      {
        label: "whoami_failed",
        cause: error,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
        details: error.details,
      },
    );
  }
}

function failWhoami(client: Client): never {
  throw new Accident(
    new AppError("invalid_answer", `${client.from} does not say whose token this is`),
  );
}

function readWhoami(
  value: Readonly<Record<string, unknown>>,
  redact: (text: string) => string,
): Whoami | undefined {
  const { org_slug: orgSlug, project_id_scope: project, scopes } = value;
  if (typeof orgSlug !== "string") return undefined;
  if (project !== null && project !== undefined && typeof project !== "string") return undefined;
  const names = Array.isArray(scopes) ? scopes : [];
  return {
    orgSlug,
    project: project ?? null,
    shown: { org: redact(orgSlug), project: redact(project ?? "") },
    scopes: names.filter((scope): scope is string => typeof scope === "string"),
  };
}
