import { existsSync } from "node:fs";
import { Value } from "@sinclair/typebox/value";
import { ProjectConfig, Remote, type Remotes } from "../schema/settings.ts";
import { isObject } from "../schema/is-object.ts";
import { type JsonFile, type Warn, readJsonFile, updateJsonFile } from "./files/json-file.ts";
import type { ProjectPaths } from "./files/paths.ts";

function configFile(project: ProjectPaths): JsonFile<ProjectConfig> {
  return {
    path: project.config,
    isValid: (value): value is ProjectConfig => Value.Check(ProjectConfig, value),
  };
}

function remotesFile(project: ProjectPaths): JsonFile<Remotes> {
  return {
    path: project.remotes,
    isValid: (value): value is Remotes => isObject(value),
  };
}

/** `project-config.json`; undefined where the project is not initialised. */
export function readProjectConfig(project: ProjectPaths, warn: Warn): ProjectConfig | undefined {
  const config = readJsonFile(configFile(project), warn);
  if (config !== undefined || !hasDamagedConfig(project)) return config;
  // Set aside as damaged: the project stays initialised, with the settings that `init` gives.
  return updateProjectConfig(project, () => {}, warn);
}

function hasDamagedConfig(project: ProjectPaths): boolean {
  return existsSync(`${project.config}.bad-1`);
}

/** What `init` writes: notes on, but without people's words; summaries off. */
export function initialProjectConfig(): ProjectConfig {
  return {
    notes: {
      enabled: true,
      include_ledger: true,
      include_summary: false,
      include_prompts: false,
      all_session_conversations: false,
    },
    summary: { enabled: false, command: null, timeout_seconds: 120 },
  };
}

/** Changes `project-config.json` in place under its lock; makes it where it is not there, which initialises. */
export function updateProjectConfig(
  project: ProjectPaths,
  change: (config: ProjectConfig) => void | false,
  warn: Warn,
): ProjectConfig {
  return updateJsonFile(configFile(project), { initial: initialProjectConfig, change }, warn);
}

/**
 * `remotes.json`: names to addresses and references to tokens. An entry that is no remote is told by name and left out;
 * it stays in the file.
 */
export function readRemotes(project: ProjectPaths, warn: Warn): Remotes {
  const entries = Object.entries(readJsonFile(remotesFile(project), warn) ?? {});
  const sound = entries.filter(([name, remote]) => {
    if (Value.Check(Remote, remote)) return true;
    warn(
      `remote \`${name}\` in \`${project.remotes}\` cannot be read: it has no \`url\``,
      `take it out with \`agent-trace remote remove ${name}\`, and add it again`,
    );
    return false;
  });
  return Object.fromEntries(sound);
}

/** Hands out the file as it is, entries that are no remotes too. */
export function updateRemotes(
  project: ProjectPaths,
  change: (remotes: Remotes) => void | false,
  warn: Warn,
): Remotes {
  return updateJsonFile(remotesFile(project), { initial: () => ({}), change }, warn);
}
