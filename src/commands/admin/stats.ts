import { defineCommand } from "../../command.ts";
import { showList, when } from "../../terminal/list.ts";
import { bytes, plural, visible } from "../../terminal/text.ts";
import { administer, itemsOf, serviceArguments } from "../../workflows/remotes/administer.ts";

export default defineCommand({
  summary: "Count rows and bytes of all orgs and projects",
  args: { ...serviceArguments },
  examples: [{ does: "on this machine", line: "agent-trace admin stats" }],
  async run(context, place) {
    const { value } = await administer(context, place, (request) =>
      request("GET", { path: "/api/v1/stats" }),
    );
    const { terminal } = context;
    const orgs = itemsOf(value);
    const rows = orgs.flatMap((org) =>
      itemsOf({ items: org["projects"] }).map((project) => [
        visible(`${org["org_slug"]}/${project["project_id"]}`),
        plural(total(project["rows"]), "row"),
        bytes(Number(project["bytes"]) || 0),
        visible(when(terminal, project["last_push"] ?? "never", context.now())),
      ]),
    );
    showList(terminal, { header: ["project", "rows", "bytes", "last push"], rows });
    if (rows.length === 0) terminal.note("no projects");
    terminal.answer("admin-stats", { orgs });
  },
});

function total(rows: unknown): number {
  if (typeof rows !== "object" || rows === null) return 0;
  return Object.values(rows).reduce<number>((sum, count) => sum + Number(count), 0);
}
