import { defineCommand } from "../../command.ts";
import { showList } from "../../terminal/list.ts";
import { visible } from "../../terminal/text.ts";
import { findRepositoryOf } from "../../workflows/projects/find-project.ts";
import { listRules } from "../../workflows/rules/change-rules.ts";
import { toolOption } from "../../workflows/rules/choose-agents.ts";
import { parseTools } from "../../workflows/set-up/global-hooks.ts";

const words = {
  absent: "-",
  present: "there",
  outdated: "there, of an older version",
  edited: "there, changed by hand",
};

export default defineCommand({
  summary: "List the rules for agents, and where they stand in this repository",
  args: { tool: toolOption },
  examples: [{ does: "see what agents are taught here", line: "agent-trace rule list" }],
  run(context, args) {
    const { workTree } = findRepositoryOf({ cwd: context.cwd, named: context.options.project });
    const chosen = args.tool === undefined ? undefined : parseTools(args.tool);
    const listed = listRules(workTree, chosen);
    showList(context.terminal, {
      header: ["file", "rule", "state", "read by"],
      rows: listed.map(({ rule, agents, path, state }) => [
        visible(path),
        rule,
        words[state],
        agents.join(", "),
      ]),
    });
    context.terminal.answer("rule-list", { rules: listed });
  },
});
