import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Repository } from "../../git/find-repository.ts";
import { workTreeName } from "../../git/work-tree-name.ts";
import type { ProjectPaths } from "../../store/files/paths.ts";
import { type PendingPlace, adoptPendingPlace, pendingPlace } from "../../store/pending.ts";

/**
 * Where the pending files of a work tree are kept: by git's name of it, so that a moved repository finds them again. A
 * copy of a repository shares that name with the original. As long as both are there, the copy is known by its path.
 */
export function placeOf(project: ProjectPaths, repository: Repository): PendingPlace {
  const place = pendingPlace(project, workTreeName(repository));
  const seen = readText(join(place.directory, whereFile));
  if (seen === repository.workTree) return place;
  const byPath = pendingPlace(project, repository.workTree);
  if (seen !== undefined && isAnother(seen, repository)) return byPath;
  // Earlier versions knew every work tree by its path.
  if (seen === undefined) adoptPendingPlace(byPath, place);
  noteWhere(place, repository);
  return place;
}

const whereFile = "where";

/** Whether there is still a repository at the path, and not this one by another way. */
function isAnother(path: string, { workTree }: Repository): boolean {
  const there = statSync(join(path, ".git"), { throwIfNoEntry: false });
  const here = statSync(join(workTree, ".git"), { throwIfNoEntry: false });
  return there !== undefined && (there.ino !== here?.ino || there.dev !== here.dev);
}

/** Only a hint for the next time: where it cannot be kept, nothing is lost. */
function noteWhere({ directory }: PendingPlace, { workTree }: Repository): void {
  if (!existsSync(directory)) return;
  try {
    writeFileSync(join(directory, whereFile), workTree, { mode: 0o600 });
  } catch {
    // A store that cannot be written.
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
