import { existsSync, readFileSync } from "node:fs";
import type { ProjectId } from "../schema/ids.ts";
import { isObject } from "./json-file.ts";
import { type ProjectPaths, homePaths, parseLocalProjectId } from "./paths.ts";

/** Whether `projects.json` names the id. Hooks ask: without a schema, and only for ids that are not of our making. */
function isRegistered(home: string, id: string): boolean {
  try {
    const registry: unknown = JSON.parse(readFileSync(homePaths(home).registry, "utf8"));
    if (!isObject(registry)) return false;
    const { projects } = registry;
    return isObject(projects) && Object.hasOwn(projects, id);
  } catch {
    return false;
  }
}

/** The id that stands in a repository's `agent-trace-id`, checked before it names a directory. */
export function parseAnchor(home: string, text: string): ProjectId {
  return parseLocalProjectId(text.trim(), (id) => isRegistered(home, id));
}

/** Whether `init` was run for the project. A hook asks before anything else. */
export function isInitialised(project: ProjectPaths): boolean {
  return existsSync(project.config) || existsSync(`${project.config}.bad-1`);
}
