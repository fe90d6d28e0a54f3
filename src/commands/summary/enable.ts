import { defineCommand } from "../../command.ts";
import { setSummariser } from "../../workflows/summarising/set-summariser.ts";

export default defineCommand({
  summary: "Summarise each session when it ends",
  details:
    "The command reads the conversation on stdin, as the agent keeps it and with its secrets masked, and prints the summary. It is started when a session ends, without holding the agent up, and stopped after `summary.timeout-seconds`. Summaries are pushed as conversations are. No shell takes the command apart; for one write `sh -c '…'`.",
  args: {
    command: {
      type: "string",
      valueHint: "COMMAND",
      description: "what makes summaries (default: the one that is set)",
    },
  },
  examples: [
    {
      does: "with a program of your own",
      line: "agent-trace summary enable --command 'summarise --short'",
    },
  ],
  run(context, { command }) {
    const settings = setSummariser(context, { enabled: true, command });
    context.terminal.print("sessions are summarised when they end");
    context.terminal.answer("summary-enable", settings);
  },
});
