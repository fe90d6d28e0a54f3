import { defineCommand } from "../../command.ts";
import { changeGlobalHooks } from "../../workflows/set-up/global-hooks.ts";

export default defineCommand({
  summary: "Take agent-trace out of the coding agents' own settings",
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
      does: "leave only the hooks of single repositories",
      line: "agent-trace hooks remove-global",
    },
  ],
  run(context, args) {
    changeGlobalHooks(context, { remove: true, tools: args.tool });
  },
});
