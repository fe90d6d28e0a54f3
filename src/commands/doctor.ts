import { defineCommand } from "../command.ts";
import { exitCodes } from "../errors.ts";
import type { Meaning } from "../terminal/style.ts";
import { plural, visible } from "../terminal/text.ts";
import { examine } from "../workflows/health/examine.ts";
import type { Finding } from "../workflows/health/finding.ts";
import { mend } from "../workflows/health/mend.ts";

const meanings: Record<Finding["level"], Meaning> = { ok: "good", warn: "warning", fail: "error" };

export default defineCommand({
  summary: "Check git, hooks, storage and remotes, and say how to mend them",
  details:
    "Reads every record once, and asks each remote whose token it was given. Exits with 8 when something is wrong. With `--offline` remotes are left out. `--fix` sets up missing hooks and takes away permissions that others have; it asks nothing.",
  args: {
    fix: { type: "boolean", description: "mend what a program can mend" },
    "dry-run": { type: "boolean", description: "with `--fix`, only say what would be mended" },
    yes: { type: "boolean", description: "accepted for scripts; nothing is asked" },
  },
  examples: [
    { does: "check everything", line: "agent-trace doctor" },
    { does: "set up missing hooks", line: "agent-trace doctor --fix" },
    { does: "check this machine alone", line: "agent-trace doctor --offline" },
  ],
  async run(context, args) {
    const { terminal } = context;
    const before = await examine(context);
    const dryRun = args["dry-run"] === true;
    const mended = args.fix === true ? await mend(context, before, { dryRun }) : [];
    for (const done of mended)
      terminal.print(`${dryRun ? "would mend" : "mended"}  ${visible(done)}`);
    const findings = mended.length > 0 && !dryRun ? await examine(context) : before;
    for (const { level, message, fix } of findings) {
      terminal.print(`${terminal.paint(level.padEnd(4), meanings[level])}  ${visible(message)}`);
      const word = level === "warn" ? "see" : "fix";
      if (fix !== undefined) terminal.print(`        ${word}: ${visible(fix)}`);
    }
    const count = (level: Finding["level"]): number =>
      findings.filter((finding) => finding.level === level).length;
    const [problems, warnings] = [count("fail"), count("warn")];
    const parts = [
      problems > 0 ? plural(problems, "problem") : "",
      warnings > 0 ? plural(warnings, "warning") : "",
    ].filter((part) => part !== "");
    terminal.print(parts.length === 0 ? "everything is in order" : parts.join(", "));
    terminal.answer(
      "doctor",
      {
        problems,
        warnings,
        mended,
        findings: findings.map(({ level, area, message, fix = null, code = null }) => ({
          level,
          area,
          message,
          fix,
          code,
        })),
      },
      problems === 0,
    );
    return problems === 0 ? exitCodes.ok : exitCodes.partial;
  },
});
