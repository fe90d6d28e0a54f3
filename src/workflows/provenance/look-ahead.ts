import { accessSync, constants } from "node:fs";
import type { Ledger } from "../../schema/ledger.ts";
import type { Context } from "../../context.ts";
import { type Project, findStoredProject } from "../projects/find-project.ts";
import { annotateLinked } from "./annotate-linked.ts";
import { catchUp, hookLimit } from "./catch-up.ts";

/**
 * Catches up before records are read or sent. What was found is also returned, by commit: over a store that cannot be
 * written it stands nowhere else. Never fails: what could not be linked now can be at the next opportunity.
 */
export async function lookAhead(
  project: Project,
  now: () => Date = () => new Date(),
): Promise<Map<string, Ledger>> {
  const found = new Map<string, Ledger>();
  try {
    const dryRun = !isWritable(project.paths.directory);
    const { linked } = await catchUp(project, { now, limit: hookLimit, dryRun });
    if (!dryRun) await annotateLinked(project, linked);
    for (const { commit, ledger } of linked) if (ledger) found.set(commit.sha, ledger);
  } catch {
    // A commit that git cannot read, a disk that is full: the question is answered from what there is.
  }
  return found;
}

function isWritable(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** As `lookAhead`, for commands that may stand where there is no repository any more. */
export async function lookAheadFrom(context: Context): Promise<void> {
  const { paths, git } = findStoredProject(context);
  if (git !== undefined) await lookAhead({ paths, git }, () => context.now());
}
