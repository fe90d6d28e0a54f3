import { defineCommand } from "../../command.ts";
import { findRepositoryOf } from "../../workflows/projects/find-project.ts";
import { changeRule, parseRule } from "../../workflows/rules/change-rules.ts";
import { namedAgents, toolOption } from "../../workflows/rules/choose-agents.ts";
import { tellRules } from "../../workflows/rules/tell-rules.ts";

export default defineCommand({
  summary: "Write a rule into this repository, for the agents that you name",
  details:
    "Into the place where the agent looks: a file of its own, or a marked part of a file such as AGENTS.md, of which all else keeps every byte. The file is for everybody who works here; commit it if that is meant.",
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
      does: "teach Claude Code and Codex",
      line: "agent-trace rule add context-for-agents --tool claude-code --tool codex",
    },
  ],
  run(context, args) {
    const { workTree } = findRepositoryOf({ cwd: context.cwd, named: context.options.project });
    const choice = { tools: namedAgents(args.tool), remove: false };
    tellRules(context, "rule-add", changeRule(workTree, parseRule(args.name), choice));
  },
});
