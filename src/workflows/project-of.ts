import type { Repository } from "../git/find-repository.ts";
import { readAnchor } from "../git/anchor.ts";
import { isInitialised, parseAnchor } from "../store/known-project.ts";
import { type ProjectPaths, projectPaths } from "../store/paths.ts";

/** The local project of a repository; undefined where `init` was never run in it. Starts no process. */
export function projectOf(repository: Repository, home: string): ProjectPaths | undefined {
  const id = readAnchor(repository, (text) => {
    try {
      return parseAnchor(home, text) !== undefined;
    } catch {
      return false;
    }
  });
  if (id === undefined) return undefined;
  const project = projectPaths(home, id);
  return isInitialised(project) ? project : undefined;
}
