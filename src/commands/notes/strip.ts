import { defineCommand } from "../../command.ts";
import { AppError } from "../../errors.ts";
import { noteSections } from "../../schema/note.ts";
import { stripNote } from "../../workflows/notes/single-note.ts";
import { findProject } from "../../workflows/projects/find-project.ts";

export default defineCommand({
  summary: "Take parts out of the git note of a commit",
  details:
    "What was pushed before stays in the history of the notes: git keeps what a ref once held.",
  args: {
    commit: { type: "positional", required: false, description: "the commit (default: HEAD)" },
    ledger: { type: "boolean", description: "the lines that agents wrote" },
    summary: { type: "boolean", description: "summaries of sessions" },
    prompts: { type: "boolean", description: "what people asked of the agent" },
    "all-session-conversations": {
      type: "boolean",
      description: "names of conversations of which no line is left",
    },
  },
  examples: [{ does: "take people's words out", line: "agent-trace notes strip --prompts" }],
  async run(context, { commit: revision = "HEAD", ...args }) {
    const named = noteSections.filter((section) => {
      return args[section.replaceAll("_", "-") as "ledger"] === true;
    });
    if (named.length === 0) {
      throw new AppError("usage", "no part of the note was named", {
        hint: "add `--ledger`, `--summary`, `--prompts` or `--all-session-conversations`",
      });
    }
    const { commit, changed } = await stripNote(findProject(context), revision, named);
    const short = commit.slice(0, 7);
    context.terminal.print(
      changed ? `Took ${named.join(", ")} out of the note of ${short}` : `${short} has none of it`,
    );
    context.terminal.answer("notes-strip", { commit_sha: commit, sections: named, changed });
  },
});
