import { defineCommand } from "../../command.ts";
import { rebuildNotes } from "../../workflows/notes/rebuild-notes.ts";
import { findProject } from "../../workflows/projects/find-project.ts";
import { chosenContents, contentOptions } from "../../workflows/notes/chosen-contents.ts";
import { tellWritten, writtenDocument } from "../../workflows/notes/tell-written.ts";

export default defineCommand({
  summary: "Write the git notes of a range of commits anew",
  details:
    "Of all commits of the range that have a ledger here, also of those that others made. Notes that another program wrote stay.",
  args: {
    range: {
      type: "positional",
      required: true,
      description: "`A..B`, or one commit",
      completes: "none",
    },
    ...contentOptions,
  },
  examples: [{ does: "the notes of a branch", line: "agent-trace notes rebuild main..HEAD" }],
  async run(context, { range, ...args }) {
    const done = await rebuildNotes(findProject(context), range, chosenContents(args));
    tellWritten(context.terminal, done);
    context.terminal.answer("notes-rebuild", writtenDocument(done));
  },
});
