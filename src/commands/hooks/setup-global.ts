import { agents } from "../../capture/agents.ts";
import { defineCommand } from "../../command.ts";
import { changeGlobalHooks } from "../../workflows/set-up/global-hooks.ts";

export default defineCommand({
  summary: "Call agent-trace from coding agents in all repositories",
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
      does: "have every repository recorded that is set up",
      line: "agent-trace hooks setup-global",
    },
  ],
  async run(context, args) {
    await changeGlobalHooks(context, { remove: false, tools: args.tool });
  },
});
