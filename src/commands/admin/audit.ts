import { defineCommand } from "../../command.ts";
import { showList, when } from "../../terminal/list.ts";
import { visible } from "../../terminal/text.ts";
import { administer, itemsOf, serviceArguments } from "../../workflows/remotes/administer.ts";

export default defineCommand({
  summary: "List what admins did",
  details:
    "Orgs, projects and tokens that were made, changed or ended, purges and restores; at most 1000 entries, the oldest first.",
  args: {
    since: { type: "string", valueHint: "TIME", description: "only what came after this time" },
    ...serviceArguments,
  },
  examples: [{ does: "this year", line: "agent-trace admin audit --since 2026-01-01" }],
  async run(context, { since, ...place }) {
    const query = since === undefined ? "" : `?since=${encodeURIComponent(since)}`;
    const { value } = await administer(context, place, (request) =>
      request("GET", { path: `/api/v1/audit${query}` }),
    );
    const { terminal } = context;
    const entries = itemsOf(value);
    const rows = entries.map((entry) => [
      visible(when(terminal, entry["at"], context.now())),
      visible(String(entry["action"])),
      visible(String(entry["target"])),
      visible(String(entry["actor"])),
    ]);
    showList(terminal, { header: ["when", "act", "what", "who"], rows });
    if (entries.length === 0) terminal.note("nothing was done");
    terminal.answer("admin-audit", { entries });
  },
});
