import { closeSync, constants, fstatSync, openSync, writeSync } from "node:fs";
import { isAbsolute } from "node:path";
import { type Environment, readVariable } from "../../environment.ts";
import type { AgentEvent } from "../../schema/agent-event.ts";

export interface HookSight {
  readonly hook: string;
  readonly now: Date;
  /** What the hook made of what it was sent; undefined where it could not make out an event. */
  readonly event?: AgentEvent | undefined;
  /** Such as `done`, or why nothing was recorded. */
  readonly outcome: string;
}

/**
 * With `AGENT_TRACE_DEBUG=<file>` a hook says in one line of JSON what it saw: names, paths and counts, no content. It
 * changes nothing else that a hook does, whatever stands at that path.
 */
export function debugHook(environment: Environment, sight: HookSight): void {
  const path = readVariable(environment, "AGENT_TRACE_DEBUG");
  if (path === undefined || !isAbsolute(path)) return;
  const { event } = sight;
  const line = {
    time: sight.now.toISOString(),
    hook: sight.hook,
    ...(event === undefined
      ? {}
      : {
          agent: event.agent.name,
          event: event.name,
          phase: event.phase,
          edits: event.edits.map((edit) => ({ kind: edit.kind, path: edit.path })),
        }),
    outcome: sight.outcome,
  };
  try {
    const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants;
    const flags = O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOFOLLOW;
    const descriptor = openSync(path, flags, 0o600);
    try {
      if (fstatSync(descriptor).isFile()) writeSync(descriptor, `${JSON.stringify(line)}\n`);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // A file that cannot be written must not keep a hook from its work.
  }
}
