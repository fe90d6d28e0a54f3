import type { Turn } from "../../capture/read-turns.ts";
import type { Trace } from "../../schema/trace.ts";

/** How many turns before the one in which lines were written are shown with it. */
const before = 2;

/**
 * What was said when a trace was made: what the person had asked for, and the words around the call that wrote the lines.
 * The call's own id tells where that is, else the time. All turns where neither does.
 */
export function turnsBeside(turns: readonly Turn[], trace: Trace | undefined): readonly Turn[] {
  if (trace === undefined) return turns;
  const place = writtenIn(turns, trace);
  if (place < 0) return turns;
  const start = Math.max(0, place - before);
  const near = turns.slice(start, place + 2);
  const asked = turns.slice(0, start).findLast(({ speaker }) => speaker === "user");
  const isAsked = near.slice(0, place - start + 1).some(({ speaker }) => speaker === "user");
  return asked === undefined || isAsked ? near : [asked, ...near];
}

/** What the person had asked for before the lines of a trace were written; undefined where that cannot be told. */
export function askedBefore(turns: readonly Turn[], trace: Trace): Turn | undefined {
  return turns.slice(0, writtenIn(turns, trace) + 1).findLast(({ speaker }) => speaker === "user");
}

/** The turn in which a trace's lines were written; -1 where neither the call's id nor the time tells. */
function writtenIn(turns: readonly Turn[], trace: Trace): number {
  const use = trace.metadata?.["tool_use_id"];
  const called =
    typeof use === "string" ? turns.findIndex(({ calls }) => calls?.includes(use) === true) : -1;
  return called >= 0 ? called : lastBefore(turns, trace.timestamp);
}

/** The last turn that was said no later than this, where turns tell their time. */
function lastBefore(turns: readonly Turn[], timestamp: string): number {
  const limit = Date.parse(timestamp);
  if (Number.isNaN(limit)) return -1;
  return turns.findLastIndex(({ time }) => time !== undefined && Date.parse(time) <= limit);
}
