import type { Environment } from "../environment.ts";
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
  /**
   * The event; `"ignored"` for one that is known and says nothing about edits, commands or transcripts; undefined for
   * one that the agent's documentation does not name. May read a bounded part of the agent's own files.
   */
  parseEvent(payload: Payload, environment: Environment): AgentEvent | "ignored" | undefined;
  /** Looks the model and the version up where the payload leaves them out. Reads a bounded part of a file. */
  readOrigin(payload: Payload, event: AgentEvent): EventOrigin;
}
