import { defineCommand } from "../../command.ts";
import { gitAiNotes } from "../../schema/git-ai-note.ts";
import { plural, visible } from "../../terminal/text.ts";
import { exportGitAi } from "../../workflows/notes/export-git-ai.ts";
import { tellWritten, writtenDocument } from "../../workflows/notes/tell-written.ts";
import { findProject } from "../../workflows/projects/find-project.ts";

export default defineCommand({
  summary: "Write the notes of another program from our ledgers",
  details:
    "git-ai's are in `refs/notes/ai`. A note that git-ai itself wrote stays as it is. `blame` and `report` read git-ai's notes without being asked, where nothing of ours tells of a commit.",
  args: {
    range: {
      type: "positional",
      required: false,
      description: "`A..B`, or one commit (default: all of HEAD's history)",
      completes: "none",
    },
    format: { type: "enum", options: ["git-ai"], description: "whose notes (default: git-ai)" },
  },
  examples: [
    { does: "for a team that uses git-ai", line: "agent-trace notes export --format git-ai" },
  ],
  async run(context, { range }) {
    const { terminal, program } = context;
    const done = await exportGitAi(findProject(context), range, program.version);
    tellWritten(terminal, done, `git notes --ref=${gitAiNotes} show`);
    const [path] = done.unnameable;
    if (path !== undefined) {
      terminal.warn(
        `git-ai's form has no way to name ${plural(done.unnameable.length, "file")}, such as ${visible(path)}`,
      );
    }
    terminal.answer("notes-export", { ...writtenDocument(done), unnameable: done.unnameable });
  },
});
