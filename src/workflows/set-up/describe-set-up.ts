import { basename, dirname, relative, sep } from "node:path";
import { visible } from "../../terminal/text.ts";
import type { SetUpStep } from "./git-hooks.ts";
import type { SetUpReport } from "./set-up.ts";

export interface DescriptionOptions {
  readonly dryRun: boolean;
  readonly userHome: string | undefined;
}

/** What `init` did, in the lines that a person reads. */
export function describeSetUp(report: SetUpReport, options: DescriptionOptions): string[] {
  const { workTree, steps } = report;
  const done = steps.filter(({ change, action }) => change !== undefined || action === "added");
  const place = visible(shortPath(workTree, options.userHome));
  if (done.length === 0) return [`agent-trace is set up in ${place}; nothing to change`];
  const lines = group(done).map(({ step, names }) => {
    const directory = dirname(step.path);
    const inTree = relative(workTree, directory);
    const shown = inTree.startsWith("..")
      ? shortPath(directory, options.userHome)
      : inTree.split(sep).join("/");
    const note = step.note === undefined ? "" : ` (${step.note})`;
    return visible(
      `  ${step.action}  ${shown === "" ? "" : `${shown}/`}${names.join(", ")}${note}`,
    );
  });
  const verb = options.dryRun ? "Would set up" : "Set up";
  return [
    `${verb} agent-trace in ${place}`,
    ...lines,
    options.dryRun
      ? "Nothing was changed"
      : "Next: let an agent edit a file and commit, then `agent-trace blame <file>`",
  ];
}

/** Files of one directory to which the same happens share a line. */
function group(steps: readonly SetUpStep[]): { step: SetUpStep; names: string[] }[] {
  const groups = new Map<string, { step: SetUpStep; names: string[] }>();
  for (const step of steps) {
    const key = JSON.stringify([step.action, dirname(step.path), step.note]);
    const found = groups.get(key) ?? { step, names: [] };
    found.names.push(basename(step.path));
    groups.set(key, found);
  }
  return [...groups.values()];
}

/** A path with the person's home directory as `~`. */
export function shortPath(path: string, userHome: string | undefined): string {
  const isBelow = userHome !== undefined && userHome !== "/" && path.startsWith(userHome + sep);
  return isBelow ? `~${path.slice(userHome.length)}` : path;
}
