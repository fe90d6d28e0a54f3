import type { AgentEvent } from "../schema/agent-event.ts";
import type { Payload } from "./payload.ts";

/** What only the agent's own files tell of an event. */
export interface EventOrigin {
  /** With its provider, such as `anthropic/claude-sonnet-4-5`. */
  readonly model: string | undefined;
  readonly version: string | undefined;
}

/** What is known about one agent's payloads. */
export interface AgentReader {
  /** The event; undefined for an event that the agent's documentation does not name. */
  parseEvent(payload: Payload): AgentEvent | undefined;
  /** Looks the model and the version up where the payload leaves them out. Reads a bounded part of a file. */
  readOrigin(payload: Payload): EventOrigin;
}
