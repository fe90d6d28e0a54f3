import type { Environment } from "../environment.ts";
import type { AgentEvent } from "../schema/agent-event.ts";
import type { EventOrigin } from "./agent-reader.ts";
import { readerOf } from "./agents.ts";
import { type Payload, nameField, parsePayload } from "./payload.ts";
import { isOwnTranscript } from "./transcript-places.ts";
import { recogniseAgent } from "./recognise-agent.ts";

/**
 * What came in by a hook. `unsupported` and `unreadable` carry names for the journal of hook errors, never content.
 * `ignored` is an event that is known and of no interest.
 */
export type Recognition =
  | {
      readonly kind: "event";
      readonly event: AgentEvent;
      /** Costs a read of the transcript's tail: ask for it only when a trace is about to be written. */
      readOrigin(): EventOrigin;
    }
  | {
      readonly kind: "unsupported";
      readonly agent: string | undefined;
      readonly event: string | undefined;
    }
  | { readonly kind: "ignored" }
  | { readonly kind: "unreadable" };

export async function recognise(
  input: Uint8Array | string,
  environment: Environment = {},
): Promise<Recognition> {
  const payload = parsePayload(input);
  if (payload === undefined) return { kind: "unreadable" };
  const agent = recogniseAgent(payload);
  const reader = agent === undefined ? undefined : await readerOf(agent)?.loadReader();
  const event = reader?.parseEvent(payload, environment);
  if (reader === undefined || event === undefined) {
    return { kind: "unsupported", agent, event: eventName(payload) };
  }
  if (event === "ignored") return { kind: "ignored" };
  const { transcriptPath } = event;
  const isForeign =
    transcriptPath !== undefined && !isOwnTranscript(event.agent.name, transcriptPath, environment);
  const told = isForeign ? { ...event, hasForeignTranscript: true } : event;
  return { kind: "event", event: told, readOrigin: () => reader.readOrigin(payload, event) };
}

/** An event's name where it looks like one; anything else might be content. */
function eventName(payload: Payload): string | undefined {
  const name = nameField(
    payload,
    "hook_event_name",
    "hookEventName",
    "agent_action_name",
    "hookName",
    "event",
    "type",
  );
  return name !== undefined && /^[A-Za-z0-9_.-]{1,64}$/.test(name) ? name : undefined;
}
