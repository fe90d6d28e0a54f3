import { defineCommand } from "../../command.ts";
import { changeGlobalHooks } from "../../workflows/set-up/global-hooks.ts";

export default defineCommand({
  summary: "Call agent-trace from coding agents in all repositories",
  args: {
    tool: {
      type: "string",
      valueHint: "AGENT",
      repeatable: true,
      description: "only this agent: claude-code",
    },
  },
  examples: [
    {
      does: "have every repository recorded that is set up",
      line: "agent-trace hooks setup-global",
    },
  ],
  run(context, args) {
    changeGlobalHooks(context, { remove: false, tools: args.tool });
  },
});
