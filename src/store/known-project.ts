import { isObject } from "../schema/is-object.ts";
import { existsSync, readFileSync } from "node:fs";
import { type ProjectPaths, homePaths } from "./files/paths.ts";

/**
 * What `projects.json` says of one project, undefined where it does not name the id. Read without a schema, for hooks
 * and for ids that are not of our making.
 */
export function readRegistered(home: string, id: string): { root: string | undefined } | undefined {
  try {
    const registry: unknown = JSON.parse(readFileSync(homePaths(home).registry, "utf8"));
    const projects = isObject(registry) ? registry["projects"] : undefined;
    if (!isObject(projects) || !Object.hasOwn(projects, id)) return undefined;
    const entry = projects[id];
    const root = isObject(entry) ? entry["canonical_root"] : undefined;
    return { root: typeof root === "string" ? root : undefined };
  } catch {
    return undefined;
  }
}

/** Whether `init` was run for the project. A hook asks before anything else. */
export function isInitialised(project: ProjectPaths): boolean {
  return existsSync(project.config) || existsSync(`${project.config}.bad-1`);
}
