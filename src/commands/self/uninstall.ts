import { defineCommand } from "../../command.ts";
import { AppError } from "../../errors.ts";
import { visible } from "../../terminal/text.ts";
import { shortPath } from "../../workflows/set-up/describe-set-up.ts";
import { carryOut, planUninstall } from "../../workflows/set-up/uninstall.ts";

const words = {
  hooks: "hooks of all repositories in",
  "path line": "the line for PATH in",
  program: "the program",
  receipt: "its receipt",
} as const;

export default defineCommand({
  summary: "Remove agent-trace from this machine",
  details:
    "Takes back what the install script did, and the hooks in coding agents' settings. Records stay, and so do the hooks of single repositories, which do nothing once the program is gone.",
  args: {
    "dry-run": { type: "boolean", description: "show what would be removed and do nothing" },
    yes: { type: "boolean", description: "really remove it" },
  },
  examples: [
    { does: "see what would be removed", line: "agent-trace self uninstall --dry-run" },
    { does: "remove it", line: "agent-trace self uninstall --yes" },
  ],
  async run(context, args) {
    const { terminal, userHome } = context;
    const isDryRun = args["dry-run"] === true;
    const removals = await planUninstall(context);
    if (!isDryRun) {
      if (args.yes !== true) {
        throw new AppError("usage", "this would remove agent-trace from this machine", {
          hint: "add `--yes` if that is meant, or `--dry-run` to see what goes",
        });
      }
      carryOut(removals);
    }
    for (const { what, change } of removals) {
      const path = visible(shortPath(change.path, userHome));
      terminal.print(`${isDryRun ? "would remove" : "removed"}  ${words[what]} ${path}`);
    }
    const home = userHome === undefined ? undefined : context.home;
    if (home !== undefined) {
      terminal.print(`kept  your records in ${visible(shortPath(home, userHome))}`);
    }
    terminal.answer("self-uninstall", {
      dry_run: isDryRun,
      removed: removals.map(({ what, change }) => ({ what, path: change.path })),
      kept: home ?? null,
    });
  },
});
