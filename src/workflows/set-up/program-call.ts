import type { Program } from "../../context.ts";

/**
 * What runtimes, editors and debuggers put into the environment for programs of their own. Ours is built on the same
 * runtime: with one of these set it would wait for a debugger, take its arguments for the runtime's, attach to a channel
 * that is not its own, or refuse to start, and an edit would be lost.
 */
const othersVariables = [
  "BUN_OPTIONS",
  "BUN_BE_BUN",
  "BUN_INSPECT",
  "BUN_INSPECT_CONNECT_TO",
  "BUN_INSPECT_NOTIFY",
  "BUN_INSPECT_PRELOAD",
  "BUN_CONFIG_VERBOSE_FETCH",
  "BUN_DESTRUCT_VM_ON_EXIT",
  "BUN_INTERNAL_BAKE_RESTART",
  "NODE_CHANNEL_FD",
  "NODE_CHANNEL_SERIALIZATION_MODE",
  "NODE_OPTIONS",
].join(" ");

/**
 * The shell command by which a hook calls this program: by its real path, then by name on PATH. It ends well and in
 * silence also where there is neither. A program that runs from its sources has no path of its own. The caller runs it
 * in a shell of its own, for it takes variables out of the environment.
 */
export function programCall(program: Program | undefined, command: string): string {
  const unset = `unset ${othersVariables}`;
  const byName = `${unset}; agent-trace ${command}`;
  if (program === undefined || program.target === "source") return byName;
  const path = quote(program.path.replaceAll("\\", "/"));
  return `at=${path}; [ -x "$at" ] || at=agent-trace; ${unset}; "$at" ${command}`;
}

/** As `programCall`, silenced, for agents that read what their hooks print and how they end. */
export function silentCall(program: Program | undefined, command: string): string {
  return `{ ${programCall(program, command)}; } >/dev/null 2>&1 || :`;
}

/** The path that a call made by `programCall` tries first; undefined where it goes by name only. */
export function calledPath(call: string): string | undefined {
  const quoted = /at=('(?:[^']|'\\'')*');/.exec(call)?.[1];
  return quoted?.slice(1, -1).replaceAll("'\\''", "'");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
