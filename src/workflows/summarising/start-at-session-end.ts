import { readFileSync } from "node:fs";
import type { Program } from "../../context.ts";
import type { Environment } from "../../environment.ts";
import { isObject } from "../../schema/is-object.ts";
import type { ConversationId } from "../../schema/ids.ts";
import type { ProjectPaths } from "../../store/files/paths.ts";
import { ownCommand } from "./summariser-world.ts";

export interface SessionEnd {
  readonly project: ProjectPaths;
  readonly conversation: ConversationId;
}

/**
 * Starts a process that summarises the conversation of a session that has ended, where that was asked for. It is left to
 * itself: the agent waits for nothing.
 */
export function startSummary(
  { program, environment }: { readonly program: Program; readonly environment: Environment },
  { project, conversation }: SessionEnd,
): void {
  if (!isWanted(project)) return;
  const words = ["summary", "at-session-end", conversation, "-p", project.id];
  const child = Bun.spawn([...ownCommand(program), ...words], {
    cwd: project.directory,
    env: environment,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
    detached: true,
  });
  child.unref();
}

/** Read without the library of shapes, which a hook does not load: the process that is started looks again. */
function isWanted({ config }: ProjectPaths): boolean {
  try {
    const settings: unknown = JSON.parse(readFileSync(config, "utf8"));
    const summary = isObject(settings) ? settings["summary"] : undefined;
    return (
      isObject(summary) && summary["enabled"] === true && typeof summary["command"] === "string"
    );
  } catch {
    return false;
  }
}
