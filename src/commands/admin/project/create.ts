import { defineCommand } from "../../../command.ts";
import { parseSlug } from "../../../schema/ids.ts";
import { AppError } from "../../../errors.ts";
import {
  type AdminRequest,
  administer,
  orgArgument,
  serviceArguments,
} from "../../../workflows/remotes/administer.ts";

export default defineCommand({
  summary: "Make a project",
  args: {
    slug: { type: "positional", required: true, description: "the project's slug" },
    ...orgArgument,
    name: { type: "string", valueHint: "NAME", description: "a name for people" },
    description: { type: "string", valueHint: "TEXT", description: "what the project is" },
    ...serviceArguments,
  },
  examples: [{ does: "make acme/app", line: "agent-trace admin project create app --org acme" }],
  async run(context, { slug, org, name, description, ...place }) {
    parseSlug(slug, "the project");
    const body = { project_id: slug, org_slug: org, name, description };
    const create = (request: AdminRequest) =>
      request("POST", { path: "/api/v1/projects", body }).catch((error: unknown) => {
        if (!(error instanceof AppError) || error.code !== "conflict") throw error;
        throw new AppError("conflict", `project \`${slug}\` exists already`, {
          label: "project_exists",
          hint: "see `agent-trace admin project list`",
          cause: error,
        });
      });
    const { value } = await administer(context, place, create);
    context.terminal.print(`Made project ${slug}`);
    context.terminal.answer("admin-project-create", { project: value });
  },
});
