import { defineCommand } from "../../command.ts";
import { attachNote } from "../../workflows/notes/rebuild-notes.ts";
import { findProject } from "../../workflows/projects/find-project.ts";
import { chosenContents, contentOptions } from "../../workflows/notes/chosen-contents.ts";
import { tellWritten, writtenDocument } from "../../workflows/notes/tell-written.ts";

export default defineCommand({
  summary: "Write the git note of a commit from its ledger",
  details: "What is not said here is as the settings have it.",
  args: {
    commit: { type: "positional", required: false, description: "the commit (default: HEAD)" },
    ...contentOptions,
  },
  examples: [
    { does: "with the session's summary", line: "agent-trace notes attach --include-summary" },
  ],
  async run(context, { commit: revision = "HEAD", ...args }) {
    const { commit, ...done } = await attachNote(
      findProject(context),
      revision,
      chosenContents(args),
    );
    tellWritten(context.terminal, done);
    context.terminal.answer("notes-attach", { commit_sha: commit, ...writtenDocument(done) });
  },
});
