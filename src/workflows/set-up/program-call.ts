import type { Program } from "../../context.ts";

/**
 * The shell command by which a hook calls this program: by its real path, then by name on PATH. It ends well and in
 * silence also where there is neither. A program that runs from its sources has no path of its own. `BUN_OPTIONS` of the
 * person's own projects is not for us: with a `--preload` in it the program refuses to start, and an edit is lost.
 */
export function programCall(program: Program | undefined, command: string): string {
  const byName = `BUN_OPTIONS= agent-trace ${command}`;
  if (program === undefined || program.target === "source") return byName;
  const path = quote(program.path.replaceAll("\\", "/"));
  return `at=${path}; [ -x "$at" ] || at=agent-trace; BUN_OPTIONS= "$at" ${command}`;
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
