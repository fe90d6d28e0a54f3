import { agents } from "../../capture/agents.ts";
import { defineCommand } from "../../command.ts";
import { changeGlobalHooks } from "../../workflows/set-up/global-hooks.ts";

export default defineCommand({
  summary: "Take agent-trace out of the coding agents' own settings",
  args: {
    tool: {
      type: "string",
      alias: "t",
      valueHint: "AGENT",
      repeatable: true,
      description: `only this agent: ${agents.map(({ name }) => name).join(", ")}`,
    },
  },
  examples: [
    {
      does: "leave only the hooks of single repositories",
      line: "agent-trace hooks remove-global",
    },
  ],
  async run(context, args) {
    await changeGlobalHooks(context, { remove: true, tools: args.tool });
  },
});
