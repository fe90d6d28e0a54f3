import { defineCommand } from "../../command.ts";
import { plural, visible } from "../../terminal/text.ts";
import { pullNotes } from "../../workflows/notes/exchange-notes.ts";

export default defineCommand({
  summary: "Take in the git notes of a git remote",
  details:
    "Fetches them to a ref of their own and unites them with those here, commit by commit. It changes no refspec.",
  args: {
    remote: {
      type: "string",
      valueHint: "NAME",
      description: "the git remote (default: origin)",
      completes: "none",
    },
  },
  examples: [{ does: "what teammates know", line: "agent-trace notes pull" }],
  async run(context, { remote: named }) {
    const { terminal } = context;
    const { remote, isNew, taken, merged } = await pullNotes(context, named);
    const rest = merged === 0 ? "" : `, ${merged} of them united with ours`;
    terminal.print(
      isNew
        ? `Took in ${plural(taken + merged, "note")} from ${visible(remote)}${rest}`
        : `${visible(remote)} has no note that is not here`,
    );
    terminal.answer("notes-pull", { remote, taken, merged });
  },
});
