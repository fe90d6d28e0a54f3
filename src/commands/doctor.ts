import { defineCommand } from "../command.ts";
import { exitCodes } from "../errors.ts";
import type { Meaning } from "../terminal/style.ts";
import { plural, visible } from "../terminal/text.ts";
import { type Finding, examine } from "../workflows/health/examine.ts";

const meanings: Record<Finding["level"], Meaning> = { ok: "good", warn: "warning", fail: "error" };

export default defineCommand({
  summary: "Check git, hooks, storage and remotes, and say how to mend them",
  details:
    "Reads every record once, and asks each remote whose token it was given. Exits with 8 when something is wrong. With `--offline` remotes are left out.",
  args: {},
  examples: [
    { does: "check everything", line: "agent-trace doctor" },
    { does: "check this machine alone", line: "agent-trace doctor --offline" },
  ],
  async run(context) {
    const { terminal } = context;
    const findings = await examine(context);
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
