import { recognise } from "../../capture/recognise.ts";
import type { AgentEvent } from "../../schema/agent-event.ts";
import { readVariable } from "../../environment.ts";
import type { Stdin } from "../../context.ts";
import type { HookError } from "../../store/hook-errors.ts";
import { type HookOutcome, openJournal } from "../../store/hook-journal.ts";
import { waitAtMost } from "../../store/files/lock.ts";
import { debugHook } from "./debug-hook.ts";
import { hookPatience, noteHookFailure, reasonOf } from "./hook-failure.ts";
import { type RecordWorld, recordEvent } from "./record-event.ts";

const inputBytes = 64 * 1024 * 1024;
const inputMilliseconds = 2_000;

export interface PayloadWorld extends RecordWorld {
  readonly stdin: Pick<Stdin, "read">;
}

/**
 * Takes in what an agent's hook sent: on stdin, or as an argument where an agent sends it so. Never throws. What went
 * wrong is returned and noted in the journal of hook errors: names and reasons, no content.
 */
export async function takePayload(
  world: PayloadWorld,
  argument: string | undefined,
  options: { readonly strict?: boolean } = {},
): Promise<string | undefined> {
  // An agent that summarises for us is no session of the person's: nothing of it is read, counted or kept.
  if (readVariable(world.environment, "AGENT_TRACE_SUMMARY") !== undefined) return undefined;
  let told: Partial<HookError> = {};
  let event: AgentEvent | undefined;
  const count = openJournal(world.home, { hook: "record", now: world.now() });
  const done = (outcome: HookOutcome["outcome"], why?: string): void =>
    count({ outcome, why, agent: told.agent, event: told.event });
  const say = (outcome: string): void =>
    debugHook(world.environment, { hook: "record", now: world.now(), event, outcome });
  const failed = (reason: string): string => {
    noteHookFailure(world, { hook: "record", ...told, reason });
    say(reason);
    done("failed", reason);
    return reason;
  };
  try {
    const input = argument ?? (await world.stdin.read(inputBytes, inputMilliseconds));
    using _patience = waitAtMost(hookPatience);
    if (input === undefined) {
      return failed("no payload: stdin held more than 64 MiB or did not end within 2 seconds");
    }
    const found = await recognise(input, world.environment);
    if (found.kind === "ignored") {
      say("an event of no interest");
      done("ignored", "an event of no interest");
      return undefined;
    }
    if (found.kind === "unreadable") return failed("the payload is no JSON object");
    if (found.kind === "unsupported") {
      const { agent, event } = found;
      told = {
        ...(event === undefined ? {} : { event }),
        ...(agent === undefined ? {} : { agent }),
      };
      return failed("this event is not supported");
    }
    event = found.event;
    told = { event: event.name, agent: event.agent.name };
    const recorded = await recordEvent(world, asAsked(found.event, options), found.readOrigin);
    if (recorded.remark !== undefined) return failed(recorded.remark);
    say(recorded.ignored ?? "done");
    done(recorded.ignored === undefined ? "recorded" : "ignored", recorded.ignored);
    return undefined;
  } catch (error) {
    return failed(reasonOf(error));
  }
}

/** With `--strict` a person tries payloads by hand, with transcripts that stand anywhere. */
function asAsked(event: AgentEvent, { strict }: { readonly strict?: boolean }): AgentEvent {
  return strict === true ? { ...event, hasForeignTranscript: undefined } : event;
}
