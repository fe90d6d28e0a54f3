import { fstatSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { Program } from "../context.ts";
import { dataDirectory, readVariable } from "../environment.ts";
import { findProject } from "../workflows/projects/find-project.ts";
import { runGitHook } from "../workflows/provenance/hook-failure.ts";
import { linkAtHook } from "../workflows/provenance/link-at-hook.ts";

/**
 * `commit-link` as git's hooks call it, with nobody to read what it says: straight to its work. A person waits for every
 * commit, and most have nothing to do. Gives the exit code; undefined where only the command line can tell what is wrong.
 */
export async function runCommitLink(
  program: Program,
  onlyNew: boolean,
): Promise<number | undefined> {
  const environment = process.env;
  const directory = dataDirectory(environment);
  if (directory === undefined || !isUnread()) return undefined;
  const options = {
    json: false,
    quiet: false,
    verbose: false,
    debug: false,
    input: false,
    offline: false,
    project: undefined,
  };
  try {
    const home = resolve(directory);
    const place = { cwd: process.cwd(), home, environment, options };
    const userHome = readVariable(environment, "HOME") ?? readVariable(environment, "USERPROFILE");
    const world = { home, environment, userHome, program, now: () => new Date() };
    await runGitHook(world, "commit-link", () =>
      linkAtHook(findProject(place), world, { onlyNew }),
    );
    return 0;
  } catch {
    return 1; // what went wrong is in the journal
  }
}

/** Whether all that would be printed goes nowhere, as in our hooks. */
function isUnread(): boolean {
  try {
    const nowhere = statSync("/dev/null");
    return [1, 2].every((descriptor) => fstatSync(descriptor).rdev === nowhere.rdev);
  } catch {
    return false;
  }
}
