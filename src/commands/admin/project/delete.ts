import { defineCommand } from "../../../command.ts";
import { AppError } from "../../../errors.ts";
import { visible } from "../../../terminal/text.ts";
import {
  administer,
  orgArgument,
  serviceArguments,
} from "../../../workflows/remotes/administer.ts";

export default defineCommand({
  summary: "Delete a project and all its rows",
  details:
    "What was pushed to it is gone from the service. What people have on their machines stays.",
  args: {
    slug: { type: "positional", required: true, description: "the project's slug" },
    ...orgArgument,
    yes: { type: "boolean", description: "really delete" },
    ...serviceArguments,
  },
  examples: [
    { does: "delete acme/app", line: "agent-trace admin project delete app --org acme --yes" },
  ],
  async run(context, { slug, org, yes, ...place }) {
    if (yes !== true) {
      throw new AppError("usage", `this would delete project \`${slug}\` and all its rows`, {
        hint: "add `--yes` if that is meant",
      });
    }
    await administer(context, place, (request) =>
      request("DELETE", {
        path: `/api/v1/projects/${encodeURIComponent(slug)}`,
        body: { org_slug: org },
      }),
    );
    context.terminal.print(`Deleted project ${visible(slug)}`);
    context.terminal.answer("admin-project-delete", { project_id: slug });
  },
});
