import { existsSync } from "node:fs";
import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { findRepository } from "../../git/find-repository.ts";
import type { ProjectId } from "../../schema/ids.ts";
import type { RegisteredProject } from "../../schema/settings.ts";
import { isInitialised } from "../../store/known-project.ts";
import { isSafeName, projectPaths } from "../../store/files/paths.ts";
import { readRegistry } from "../../store/registry.ts";
import { projectOf } from "./find-project.ts";

export interface LocalProject {
  readonly id: string;
  readonly root: string | undefined;
  /** `missing`: no repository of this id stands at its root; `no data`: its records are not in this home. */
  readonly state: "ok" | "missing" | "no data";
  readonly entry: RegisteredProject;
}

/** Every project in the registry, by the path of its repository. */
export function listProjects({ home, terminal }: Context): LocalProject[] {
  return Object.entries(readRegistry(home, terminal.warn).projects)
    .map(([id, entry]) => ({
      id,
      root: entry.canonical_root,
      state: stateOf(home, id, entry.canonical_root),
      entry,
    }))
    .toSorted((one, other) => (order(one) < order(other) ? -1 : 1));
}

export function findLocalProject(context: Context, id: string): LocalProject {
  const found = listProjects(context).find((project) => project.id === id);
  if (found !== undefined) return found;
  throw new AppError("not_found", `no local project has the id \`${id}\``, {
    hint: "run `agent-trace projects` to see the ids",
  });
}

const order = ({ root = "", id }: LocalProject): string => `${root}\0${id}`;

function stateOf(home: string, id: string, root: string | undefined): LocalProject["state"] {
  const hasData = isSafeName(id) && isInitialised(projectPaths(home, id as ProjectId));
  if (!hasData) return "no data";
  if (root === undefined || !existsSync(root)) return "missing";
  const repository = findRepository(root);
  try {
    return repository !== undefined && projectOf(repository, home)?.id === id ? "ok" : "missing";
  } catch {
    // Its anchor holds something else now.
    return "missing";
  }
}
