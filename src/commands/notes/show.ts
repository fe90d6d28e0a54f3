import { defineCommand } from "../../command.ts";
import { visible } from "../../terminal/text.ts";
import { readNote } from "../../workflows/notes/single-note.ts";
import { findProject } from "../../workflows/projects/find-project.ts";

export default defineCommand({
  summary: "Show the git note of a commit",
  details:
    "The note in `refs/notes/agent-trace`, as it stands. What a note says is its author's word: `blame` believes of it what fits the commit.",
  args: {
    commit: { type: "positional", required: false, description: "the commit (default: HEAD)" },
  },
  examples: [
    { does: "what others get to know of the last commit", line: "agent-trace notes show" },
  ],
  async run(context, { commit: revision = "HEAD" }) {
    const { terminal } = context;
    const { commit, note, text } = await readNote(findProject(context), revision);
    if (note === undefined) {
      terminal.note(`another program wrote the note of ${commit.slice(0, 7)}`);
      terminal.page(text.trimEnd().split("\n").map(visible));
    } else terminal.page(JSON.stringify(note, null, 2).split("\n").map(visible));
    terminal.answer("notes-show", { commit_sha: commit, note: note ?? null });
  },
});
