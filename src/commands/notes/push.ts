import { defineCommand } from "../../command.ts";
import { plural, visible } from "../../terminal/text.ts";
import { sendNotes } from "../../workflows/notes/exchange-notes.ts";

export default defineCommand({
  summary: "Push git notes to a git remote",
  details:
    "Fetches the remote's notes first, unites both commit by commit, and pushes with a lease; where somebody else was faster it does so again, at most five times. It changes no refspec: a plain `git push` sends what it sent before.",
  args: {
    remote: {
      type: "string",
      valueHint: "NAME",
      description: "the git remote (default: origin)",
      completes: "none",
    },
  },
  examples: [{ does: "share what is known", line: "agent-trace notes push" }],
  async run(context, { remote: named }) {
    const { terminal } = context;
    const { remote, isNew, taken, merged } = await sendNotes(context, named);
    const had = taken + merged;
    if (had > 0) terminal.print(`Took in ${plural(had, "note")} that others had pushed`);
    const name = visible(remote);
    terminal.print(isNew ? `Pushed notes to ${name}` : `${name} has all notes`);
    terminal.answer("notes-push", { remote, pushed: isNew, taken, merged });
  },
});
