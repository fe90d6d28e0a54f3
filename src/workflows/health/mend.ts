import { chmodSync, lstatSync } from "node:fs";
import type { Context } from "../../context.ts";
import { plural } from "../../terminal/text.ts";
import { shortPath } from "../set-up/describe-set-up.ts";
import { setUp } from "../set-up/set-up.ts";
import type { Finding } from "./finding.ts";

/** Mends what can be mended, and says what that was; with `dryRun` it only says so. */
export async function mend(
  context: Context,
  findings: readonly Finding[],
  { dryRun }: { readonly dryRun: boolean },
): Promise<string[]> {
  const mendings = findings.flatMap(({ mending }) => mending ?? []);
  const done: string[] = [];
  if (mendings.some(({ kind }) => kind === "hooks")) {
    const { steps } = await setUp(context, { dryRun, hooks: true, shared: false, completes: true });
    const changed = steps.filter(({ change }) => change !== undefined);
    done.push(...changed.map(({ path }) => `hook ${shortPath(path, context.userHome)}`));
  }
  for (const mending of mendings) {
    if (mending.kind !== "permissions") continue;
    if (!dryRun) for (const path of mending.paths) closeToOthers(path);
    done.push(`permissions of ${plural(mending.paths.length, "file")}`);
  }
  return done;
}

function closeToOthers(path: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats !== undefined && !stats.isSymbolicLink()) chmodSync(path, stats.mode & 0o700);
}
