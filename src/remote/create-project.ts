import { redactStrings } from "./answer.ts";
import type { RemoteUrl } from "../schema/remote-url.ts";
import { AppError } from "../errors.ts";
import { jsonBody } from "./body.ts";
import type { Client } from "./client.ts";
import { refusalOf } from "./refusal.ts";

/** Whether the service knows the project. One that cannot be asked so is taken at its word when rows are sent. */
export function isRegistered(client: Client, { project, org }: RemoteUrl): Promise<boolean> {
  return client.exchange({
    method: "GET",
    path: `/api/v1/projects/${encodeURIComponent(project)}?org_slug=${encodeURIComponent(org)}`,
    async read(answer) {
      if (answer.status !== 404) return true;
      return (await refusalOf(answer)).label !== "project_not_found";
    },
  });
}

export interface ProjectToCreate {
  readonly url: RemoteUrl;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
}

/**
 * Registers a project's slug. Answers with the service's document as it is. Throws `conflict` (label
 * `project_exists`) where it is there already.
 */
export function createProject(
  client: Client,
  { url, name, description }: ProjectToCreate,
): Promise<Readonly<Record<string, unknown>>> {
  const request = {
    project_id: url.project,
    org_slug: url.org,
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
  };
  return client.exchange({
    method: "POST",
    path: "/api/v1/projects",
    body: jsonBody(JSON.stringify(request)),
    async read(answer) {
      if (answer.status === 200 || answer.status === 201) {
        return redactStrings(await answer.json(), answer.redact);
      }
      const refusal = await refusalOf(answer);
      if (answer.status !== 409) throw refusal;
      throw new AppError(
        "conflict",
        `project \`${url.project}\` exists already in org \`${url.org}\``,
        {
          label: "project_exists",
          cause: refusal,
          hint: "use it with `agent-trace remote add <name> <url>`",
        },
      );
    },
  });
}
