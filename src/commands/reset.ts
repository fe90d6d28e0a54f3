import { defineCommand } from "../command.ts";
import { askAgain } from "../workflows/set-up/ask-again.ts";
import { describeSetUp } from "../workflows/set-up/describe-set-up.ts";

export default defineCommand({
  summary: "Ask again for hooks, notes and summaries",
  details:
    "What is set now is what Enter keeps. All is asked before anything is written: Ctrl-C changes nothing. It needs a terminal; scripts use `config set` and `init`. Records are not touched.",
  args: {},
  examples: [{ does: "go through the settings", line: "agent-trace reset" }],
  async run(context) {
    const { terminal, userHome } = context;
    const report = await askAgain(context);
    for (const { action, path, note, hint } of report?.steps ?? []) {
      if (action === "skipped") terminal.warn(`\`${path}\` is left alone: ${note}`, hint);
    }
    terminal.print("settings are kept; `agent-trace config show` shows them");
    if (report === undefined) return;
    for (const line of describeSetUp(report, { dryRun: false, userHome })) terminal.print(line);
  },
});
