import { defineCommand } from "../../../command.ts";
import { showList, when } from "../../../terminal/list.ts";
import { visible } from "../../../terminal/text.ts";
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
      [
        project["project_id"],
        when(terminal, project["created_at"], context.now()),
        project["name"],
      ].map((cell) => visible(String(cell ?? ""))),
    );
    showList(terminal, { header: ["project", "created", "name"], rows });
    if (projects.length === 0) terminal.note("no projects");
    terminal.answer("admin-project-list", { projects });
  },
});
