import { defineCommand } from "../command.ts";
import { answerAgent } from "../workflows/answering/answer-agent.ts";

export default defineCommand({
  summary: "Answer a coding agent's questions over stdin and stdout",
  details:
    "A server of the Model Context Protocol with three tools that only read: `blame`, `context` and `search`. An agent starts it in the repository, as its settings for servers say: the command is `agent-trace`, its argument `mcp`. It ends when the agent closes the pipe.",
  args: {},
  examples: [
    {
      does: "what an agent's settings name",
      line: "agent-trace mcp",
    },
  ],
  handlesSignals: true,
  async run(context) {
    if (context.stdin.isTerminal) {
      context.terminal.note("waiting for messages of an agent; Ctrl-C ends it");
    }
    await answerAgent(context);
  },
});
