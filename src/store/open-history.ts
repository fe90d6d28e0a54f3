import { openIndex } from "./exchange/open-index.ts";
import type { ProjectPaths } from "./files/paths.ts";
import { type History, historyOf } from "./index/history.ts";

/** The records of a project as commits and blame ask for them. */
export function openHistory(project: ProjectPaths): History {
  return historyOf(openIndex(project));
}
