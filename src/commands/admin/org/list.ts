import { defineCommand } from "../../../command.ts";
import { showList } from "../../../terminal/list.ts";
import { visible } from "../../../terminal/text.ts";
import { administer, itemsOf, serviceArguments } from "../../../workflows/remotes/administer.ts";

export default defineCommand({
  summary: "List the orgs",
  args: serviceArguments,
  examples: [
    {
      does: "orgs of a running service",
      line: "agent-trace admin org list --url https://traces.example.com",
    },
  ],
  async run(context, place) {
    const { value } = await administer(context, place, (request) =>
      request("GET", { path: "/api/v1/orgs" }),
    );
    const orgs = itemsOf(value);
    const rows = orgs.map((org) => ["slug", "id", "name"].map((key) => visible(String(org[key]))));
    showList(context.terminal, { header: ["slug", "id", "name"], rows });
    context.terminal.answer("admin-org-list", { orgs });
  },
});
