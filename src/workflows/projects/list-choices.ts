import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import type { Completion } from "../../command.ts";
import type { Context } from "../../context.ts";
import { listTracked } from "../../git/list-tracked.ts";
import { configFields } from "../../schema/config-fields.ts";
import { readProjectIds, readRemoteNames } from "../../store/known-names.ts";
import { completionScripts } from "../../terminal/completion-scripts.ts";
import { helpTopics } from "../../terminal/help-topics.ts";
import { findProject, findRepositoryOf, findStoredProject } from "./find-project.ts";

/** What may stand for a value; `about` is shown beside it. */
export interface Choice {
  readonly value: string;
  readonly about?: string;
}

type Place = Pick<Context, "cwd" | "home" | "environment" | "options">;

const plain = (values: readonly string[]): Choice[] => values.map((value) => ({ value }));

/** The values that completion offers. Reads files and git's index, never the network. May throw. */
export async function listChoices(
  kind: Completion,
  typed: string,
  place: Place,
): Promise<readonly Choice[]> {
  switch (kind) {
    case "remote":
      return plain(readRemoteNames(findStoredProject(place).paths));
    case "field":
      return configFields.map((field) => ({ value: field.name, about: field.meaning }));
    case "file": {
      const { project } = place.options;
      const repository = findRepositoryOf({ cwd: place.cwd, named: undefined });
      const git =
        project === undefined
          ? { repository, environment: place.environment }
          : findProject(place).git;
      return plain(await listTracked(git, place.cwd, typed));
    }
    case "directory":
      return listDirectories(place.cwd, typed);
    case "project":
      return [...plain(readProjectIds(place.home)), ...listDirectories(place.cwd, typed)];
    case "topic":
      return plain(helpTopics);
    case "shell":
      return plain(Object.keys(completionScripts));
    case "none":
      return [];
  }
}

function listDirectories(cwd: string, typed: string): Choice[] {
  const folder = typed.slice(0, typed.lastIndexOf("/") + 1);
  return readdirSync(resolve(cwd, folder === "" ? "." : folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ value: `${folder}${name}/` }));
}
