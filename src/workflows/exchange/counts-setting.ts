import type { Warn } from "../../store/files/json-file.ts";
import type { ProjectPaths } from "../../store/files/paths.ts";
import { readProjectConfig } from "../../store/project-settings.ts";

/** Whether a push of this project sends what git counts of commits. */
export function sendsCounts(paths: ProjectPaths, warn: Warn): boolean {
  return readProjectConfig(paths, warn)?.push?.commit_counts !== false;
}
