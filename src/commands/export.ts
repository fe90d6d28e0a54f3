import { defineCommand } from "../command.ts";
import { escapeInvisible } from "../terminal/text.ts";
import { exportRecords } from "../workflows/records/export-records.ts";
import { findProject } from "../workflows/projects/find-project.ts";

export default defineCommand({
  summary: "Print what the ledgers say in a form of others",
  details:
    "`agent-trace` are records of the specification Agent Trace (0.1.0), one a line: one for each commit and agent, with the lines of the committed files and the SHA-256 of their text. For git-ai see `notes export`.",
  args: {
    range: {
      type: "positional",
      required: false,
      description: "`A..B`, or one commit (default: all of HEAD's history)",
      completes: "none",
    },
    format: {
      type: "enum",
      options: ["agent-trace"],
      description: "which form (default: agent-trace)",
    },
  },
  examples: [{ does: "what a branch adds", line: "agent-trace export main..HEAD" }],
  async run(context, { range }) {
    const records = await exportRecords(findProject(context), range);
    context.terminal.page(records.map((record) => escapeInvisible(JSON.stringify(record))));
    context.terminal.answer("export", { records });
  },
});
