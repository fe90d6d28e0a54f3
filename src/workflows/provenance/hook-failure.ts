import { AppError, systemCode } from "../../errors.ts";
import { waitAtMost } from "../../store/files/lock.ts";
import { type HookError, appendHookError } from "../../store/hook-errors.ts";
import { openJournal } from "../../store/hook-journal.ts";

/** How long a hook may wait for locks, all of them together, in milliseconds: people wait for their commits. */
export const hookPatience = 2_000;

/** What went wrong, fit for the journal. Messages of others may quote what they stumbled over, so only ours stay. */
export function reasonOf(error: unknown): string {
  if (error instanceof AppError) return error.message;
  const name = error instanceof Error ? error.name : typeof error;
  return `unexpected ${name}${systemCode(error) === undefined ? "" : ` (${systemCode(error)})`}`;
}

/** Notes a hook's failure, which nobody sees, for `status` and `doctor`. Never throws. */
export function noteHookFailure(
  world: { readonly home: string; now(): Date },
  failure: Omit<HookError, "time">,
): void {
  try {
    appendHookError(world.home, { time: world.now().toISOString(), ...failure });
  } catch {
    // A home that cannot be written has no place for the journal either.
  }
}

/** Does what one of git's hooks called for: in a hook's time, with its failure kept, since nobody sees what it says. */
export async function runGitHook<T>(
  world: { readonly home: string; now(): Date },
  hook: string,
  work: () => Promise<T>,
): Promise<T> {
  using _patience = waitAtMost(hookPatience);
  const count = openJournal(world.home, { hook, now: world.now() });
  try {
    const found = await work();
    const nothing = Array.isArray(found) && found.length === 0;
    count(nothing ? { outcome: "ignored", why: "nothing to link" } : { outcome: "recorded" });
    return found;
  } catch (error) {
    count({ outcome: "failed", why: reasonOf(error) });
    noteHookFailure(world, { hook, reason: reasonOf(error) });
    throw error;
  }
}
