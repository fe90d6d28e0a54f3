import { readFileSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { isObject } from "../schema/is-object.ts";
import { type ProjectPaths, homeOf, homePaths, projectPaths } from "./files/paths.ts";
import { isProjectId } from "../schema/ids.ts";
import { isInitialised } from "./known-project.ts";

/** Other clones of one repository that are projects of this home: they begin with the same commit. */
export function kindredProjects(project: ProjectPaths): ProjectPaths[] {
  const home = homeOf(project);
  let projects: Record<string, unknown>;
  try {
    const registry: unknown = JSON.parse(readFileSync(homePaths(home).registry, "utf8"));
    const listed = isObject(registry) ? registry["projects"] : undefined;
    projects = isObject(listed) ? listed : {};
  } catch {
    return [];
  }
  const own = entryOf(projects, project.id);
  return Object.keys(projects)
    .filter((id) => id !== project.id && isKin(own, entryOf(projects, id)))
    .flatMap((id) => (isProjectId(id) ? [projectPaths(home, id)] : []))
    .filter(isInitialised);
}

interface Entry {
  readonly first: unknown;
  readonly origin: unknown;
  readonly roots: readonly unknown[];
}

function entryOf(projects: Record<string, unknown>, id: string): Entry {
  const entry = Object.hasOwn(projects, id) ? projects[id] : undefined;
  if (!isObject(entry)) return { first: undefined, origin: undefined, roots: [] };
  const { first_commit_sha: first, origin_url: origin, known_roots: roots } = entry;
  return { first, origin, roots: Array.isArray(roots) ? roots : [] };
}

/** The first commit of a history that was rewritten is another one: a clone then still says where it came from. */
function isKin(one: Entry, other: Entry): boolean {
  if (typeof one.first === "string" && one.first === other.first) return true;
  const isClone = ({ origin }: Entry, { roots }: Entry): boolean =>
    typeof origin === "string" && isAbsolute(origin) && roots.includes(resolve(origin));
  return isClone(one, other) || isClone(other, one);
}
