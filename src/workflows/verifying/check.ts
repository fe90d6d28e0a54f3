import type { Context } from "../../context.ts";
import { count, plural, visible } from "../../terminal/text.ts";

/** Something that is not as it should be. */
export interface Problem {
  /** What it is about: a place in a file, an id, a digest. */
  readonly subject: string;
  readonly code: string;
  readonly message: string;
}

export interface Check {
  /** One word. */
  readonly name: string;
  /** What was looked at, as it reads where nothing is wrong. */
  readonly summary: string;
  readonly problems: readonly Problem[];
}

/** More problems of a kind than this are counted; `--json` has all of them. */
const mostShown = 20;

/** Prints what was checked, a line for each, and what is wrong with it below. Gives the number of problems. */
export function printChecks({ terminal }: Context, checks: readonly Check[]): number {
  const width = Math.max(...checks.map(({ name }) => name.length));
  for (const { name, summary, problems } of checks) {
    const isSound = problems.length === 0;
    const said = isSound ? summary : plural(problems.length, "problem");
    terminal.print(
      `${terminal.paint(name.padEnd(width), isSound ? "good" : "error")}  ${visible(said)}`,
    );
    for (const { subject, message } of problems.slice(0, mostShown)) {
      terminal.print(visible(`  ${subject}: ${message}`));
    }
    const more = problems.length - mostShown;
    if (more > 0) terminal.print(`  and ${count(more)} more; \`--json\` lists them`);
  }
  return checks.reduce((sum, { problems }) => sum + problems.length, 0);
}
