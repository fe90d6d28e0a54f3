import { defineCommand } from "../command.ts";
import { describeSetUp } from "../workflows/set-up/describe-set-up.ts";
import { setUp } from "../workflows/set-up/set-up.ts";

export default defineCommand({
  summary: "Set agent-trace up in this repository",
  details:
    "Asks nothing and can be repeated. Existing hooks are kept and run as before. Works before the first commit, in linked work trees and in submodules.",
  args: {
    "dry-run": { type: "boolean", description: "show what would be done and do nothing" },
    hooks: { type: "boolean", default: true, negativeDescription: "leave all hooks alone" },
    shared: {
      type: "boolean",
      description: "also write hook files that the team or other repositories share",
    },
  },
  examples: [
    { does: "set this repository up", line: "agent-trace init" },
    { does: "see what that would do", line: "agent-trace init --dry-run" },
  ],
  async run(context, args) {
    const { terminal } = context;
    const dryRun = args["dry-run"] === true;
    const options = { dryRun, hooks: args.hooks !== false, shared: args.shared === true };
    const report = await setUp(context, options);
    for (const { action, path, note, hint } of report.steps) {
      if (action === "skipped") terminal.warn(`\`${path}\` is left alone: ${note}`, hint);
    }
    for (const line of describeSetUp(report, { dryRun, userHome: context.userHome })) {
      terminal.print(line);
    }
    terminal.answer("init", {
      project_id: report.projectId ?? null,
      root: report.workTree,
      dry_run: dryRun,
      steps: report.steps.map(({ action, path, note = null, hint = null }) => ({
        action,
        path,
        note,
        hint,
      })),
      warnings: terminal.warnings,
    });
  },
});
