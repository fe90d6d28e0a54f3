import { defineCommand } from "../../command.ts";
import { setSummariser } from "../../workflows/summarising/set-summariser.ts";

export default defineCommand({
  summary: "Summarise no session any more",
  details: "The summaries that are there stay, and so does the command.",
  args: {},
  examples: [{ does: "end it", line: "agent-trace summary disable" }],
  run(context) {
    const settings = setSummariser(context, { enabled: false });
    context.terminal.print("sessions are not summarised");
    context.terminal.answer("summary-disable", settings);
  },
});
