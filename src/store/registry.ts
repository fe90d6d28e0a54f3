import { Value } from "@sinclair/typebox/value";
import type { ProjectId } from "../schema/ids.ts";
import { ProjectRegistry, type RegisteredProject } from "../schema/settings.ts";
import { type JsonFile, type Warn, readJsonFile, updateJsonFile } from "./files/json-file.ts";
import { homePaths } from "./files/paths.ts";

function registryFile(home: string): JsonFile<ProjectRegistry> {
  return {
    path: homePaths(home).registry,
    isValid: (value): value is ProjectRegistry => Value.Check(ProjectRegistry, value),
  };
}

/** `projects.json`: every local project that this home knows. */
export function readRegistry(home: string, warn: Warn): ProjectRegistry {
  return readJsonFile(registryFile(home), warn) ?? { version: 2, projects: {} };
}

export interface Registration {
  /** The work tree's root. */
  readonly root: string;
  readonly originUrl: string | null;
  readonly firstCommitSha: string | null;
  readonly createdAt: string;
}

/** A URL without user name and password; text that is no URL (`git@host:path`) has none to lose. */
export function withoutCredentials(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, "$1");
}

/** Enters a project, or brings its entry up to date: a moved repository keeps its entry and adds its root. */
export function registerProject(
  home: string,
  id: ProjectId,
  registration: Registration & { readonly warn: Warn },
): RegisteredProject {
  const { root, originUrl, firstCommitSha, createdAt, warn } = registration;
  let entry: RegisteredProject = {};
  updateJsonFile<ProjectRegistry>(
    registryFile(home),
    {
      initial: () => ({ version: 2, projects: {} }),
      change({ projects }) {
        const key: string = id;
        const known = Object.hasOwn(projects, key) ? projects[key] : undefined;
        const before = JSON.stringify(known);
        entry = known ?? {};
        entry.first_commit_sha ??= firstCommitSha;
        if (originUrl !== null) entry.origin_url = withoutCredentials(originUrl);
        else entry.origin_url ??= null;
        entry.canonical_root = root;
        const roots = entry.known_roots ?? [];
        entry.known_roots = roots.includes(root) ? roots : [...roots, root];
        entry.created_at ??= createdAt;
        projects[key] = entry;
        if (JSON.stringify(entry) === before) return false;
      },
    },
    warn,
  );
  return entry;
}
