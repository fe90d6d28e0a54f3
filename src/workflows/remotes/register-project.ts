import type { Context } from "../../context.ts";
import { readVariable } from "../../environment.ts";
import { AppError } from "../../errors.ts";
import { createProject } from "../../remote/create-project.ts";
import type { RemoteUrl } from "../../schema/remote-url.ts";
import { clientFor, requireScope } from "./remote-client.ts";
import { type TokenSource, tokenOf } from "./token-source.ts";

export interface ProjectRequest {
  readonly name?: string;
  readonly source: TokenSource | undefined;
  readonly existing: "fine" | "conflict";
  readonly title?: string | undefined;
  readonly description?: string | undefined;
}

/** Registers the project of a URL, by a token, or by the service's admin secret where none is given. */
export async function createProjectFor(
  context: Context,
  url: RemoteUrl,
  request: ProjectRequest,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { source, title, description, existing } = request;
  const token = source === undefined ? undefined : tokenOf(context, source);
  const adminSecret =
    token === undefined ? readVariable(context.environment, "AGENT_TRACE_ADMIN_SECRET") : undefined;
  if (token === undefined && adminSecret === undefined) {
    throw new AppError("missing_token", "registering a project needs a token or the admin secret", {
      hint: "give a token with `--token -`, or set `AGENT_TRACE_ADMIN_SECRET`",
    });
  }
  const caller = request.name === undefined ? {} : { name: request.name };
  const client = clientFor(context, url, { ...caller, token, adminSecret });
  if (token !== undefined) await requireScope(context, client, { url, name: undefined });
  try {
    return await createProject(client, { url, name: title, description });
  } catch (error) {
    const isThere = error instanceof AppError && error.label === "project_exists";
    if (isThere && existing === "fine") return undefined;
    if (adminSecret !== undefined && error instanceof AppError && error.details["status"] === 401) {
      throw new AppError("unauthorized", "the service does not take this admin secret", {
        hint: "check `AGENT_TRACE_ADMIN_SECRET`, or give a token with `--token`",
        cause: error,
      });
    }
    throw error;
  }
}
