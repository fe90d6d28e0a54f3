import { defineCommand } from "../../command.ts";
import { parseRule, rules } from "../../workflows/rules/change-rules.ts";

export default defineCommand({
  summary: "Print what a rule says",
  args: {
    name: {
      type: "positional",
      required: false,
      description: `the rule: ${rules.map(({ name }) => name).join(", ")}`,
    },
  },
  examples: [
    { does: "read it before it is added", line: "agent-trace rule show context-for-agents" },
  ],
  run({ terminal }, args) {
    const rule = parseRule(args.name ?? rules[0].name);
    terminal.page(rule.text.trimEnd().split("\n"));
    terminal.answer("rule-show", { name: rule.name, does: rule.does, text: rule.text });
  },
});
