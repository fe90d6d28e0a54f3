import { defineCommand } from "../../../command.ts";
import { columns, visible } from "../../../terminal/text.ts";
import {
  administer,
  itemsOf,
  orgArgument,
  orgQuery,
  serviceArguments,
} from "../../../workflows/remotes/administer.ts";

export default defineCommand({
  summary: "List an org's projects",
  args: { ...orgArgument, ...serviceArguments },
  examples: [{ does: "projects of acme", line: "agent-trace admin project list --org acme" }],
  async run(context, { org, ...place }) {
    const { value } = await administer(context, place, (request) =>
      request("GET", { path: `/api/v1/projects${orgQuery(org)}` }),
    );
    const projects = itemsOf(value);
    const { terminal } = context;
    const rows = projects.map((project) =>
      ["project_id", "created_at", "name"].map((key) => visible(String(project[key] ?? ""))),
    );
    for (const line of columns(rows)) terminal.print(line);
    if (projects.length === 0) terminal.note("no projects");
    terminal.answer("admin-project-list", { projects });
  },
});
