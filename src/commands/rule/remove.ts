import { defineCommand } from "../../command.ts";
import { findRepositoryOf } from "../../workflows/projects/find-project.ts";
import { changeRule, parseRule } from "../../workflows/rules/change-rules.ts";
import { namedAgents, toolOption } from "../../workflows/rules/choose-agents.ts";
import { tellRules } from "../../workflows/rules/tell-rules.ts";

export default defineCommand({
  summary: "Take a rule out of this repository",
  details:
    "What stood there before the rule came is given back byte for byte; files and directories that only held the rule go with it. A rule that somebody changed by hand is left alone.",
  args: {
    name: {
      type: "positional",
      required: true,
      description: "the rule, such as context-for-agents",
    },
    tool: toolOption,
  },
  examples: [
    {
      does: "give AGENTS.md back",
      line: "agent-trace rule remove context-for-agents --tool codex",
    },
  ],
  run(context, args) {
    const { workTree } = findRepositoryOf({ cwd: context.cwd, named: context.options.project });
    const choice = { tools: namedAgents(args.tool), remove: true };
    tellRules(context, "rule-remove", changeRule(workTree, parseRule(args.name), choice));
  },
});
