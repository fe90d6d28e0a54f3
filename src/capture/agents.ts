/**
 * What is known about coding agents: how their payloads read and where their hooks stand, one file per agent.
 * Nothing here loads a schema library: it runs at every tool call of every agent.
 */
import type { AgentEvent } from "../schema/agent-event.ts";
import type { AgentReader, EventOrigin } from "./agent-reader.ts";
import { claudeCode } from "./claude-code.ts";
import { type Payload, nameField, parsePayload } from "./payload.ts";
import { recogniseAgent } from "./recognise-agent.ts";

/** Agents whose edits are recorded. A payload of any other is told by name and leaves no trace. */
const readers: ReadonlyMap<string, AgentReader> = new Map([["claude-code", claudeCode]]);

/**
 * What came in by a hook. `unsupported` and `unreadable` carry names for the journal of hook errors, never content.
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
  | { readonly kind: "unreadable" };

export function recognise(input: Uint8Array | string): Recognition {
  const payload = parsePayload(input);
  if (payload === undefined) return { kind: "unreadable" };
  const agent = recogniseAgent(payload);
  const reader = agent === undefined ? undefined : readers.get(agent);
  const event = reader?.parseEvent(payload);
  if (reader === undefined || event === undefined) {
    return { kind: "unsupported", agent, event: eventName(payload) };
  }
  return { kind: "event", event, readOrigin: () => reader.readOrigin(payload) };
}

/** An event's name where it looks like one; anything else might be content. */
function eventName(payload: Payload): string | undefined {
  const name = nameField(
    payload,
    "hook_event_name",
    "hookEventName",
    "agent_action_name",
    "hookName",
    "type",
  );
  return name !== undefined && /^[A-Za-z0-9_.-]{1,64}$/.test(name) ? name : undefined;
}
