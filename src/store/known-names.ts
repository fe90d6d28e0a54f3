import { isObject } from "../schema/is-object.ts";
import { readFileSync } from "node:fs";
import { type ProjectPaths, homePaths } from "./files/paths.ts";

/** Names of a project's remotes, for completion: read without a schema and without setting damaged files aside. */
export function readRemoteNames(project: ProjectPaths): string[] {
  return Object.keys(readObject(project.remotes));
}

/** Ids of all projects that this home knows. */
export function readProjectIds(home: string): string[] {
  const projects = readObject(homePaths(home).registry)["projects"];
  return isObject(projects) ? Object.keys(projects) : [];
}

function readObject(path: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
