import { defineCommand } from "../../command.ts";
import { columns, visible } from "../../terminal/text.ts";
import { findLocalProject } from "../../workflows/projects/list-projects.ts";

export default defineCommand({
  summary: "Show what is known of one local project",
  args: {
    id: {
      type: "positional",
      valueHint: "id",
      required: true,
      description: "its local id",
      completes: "project",
    },
  },
  examples: [
    {
      does: "see where a project was",
      line: "agent-trace projects show at-0123456789abcdef0123456789abcdef",
    },
  ],
  run(context, args) {
    const { id, state, entry } = findLocalProject(context, args.id);
    const facts = {
      id,
      state,
      root: entry.canonical_root ?? null,
      known_roots: entry.known_roots ?? [],
      origin_url: entry.origin_url ?? null,
      first_commit_sha: entry.first_commit_sha ?? null,
      created_at: entry.created_at ?? null,
    };
    const rows = Object.entries(facts).map(([name, value]) => [
      name.replaceAll("_", " "),
      visible([value].flat().join(", ") || "-"),
    ]);
    for (const line of columns(rows)) context.terminal.print(line);
    context.terminal.answer("projects-show", { project: facts });
  },
});
