import type { ConversationId } from "../schema/ids.ts";
import type { Resource } from "../schema/resource.ts";
import type { ReportProgress } from "../schema/progress.ts";
import type { Capabilities } from "../schema/wire.ts";
import type { Outcome, PullCounts } from "./outcome.ts";
import type { ExchangePorts, SyncRemote } from "./ports.ts";

/** What the person asked to have brought. */
export interface PullChoice {
  /** Microseconds since 1970: read from here instead of from the cursor, this time. */
  readonly since: bigint | undefined;
  /** Whether conversations come along. Without, their cursor stays where it is: a later pull brings them. */
  readonly transcripts: boolean;
  /** Only these, where not everything is wanted. */
  readonly only?: readonly Resource[];
}

export interface PullWork {
  readonly store: ExchangePorts;
  readonly remote: SyncRemote;
  readonly choice: PullChoice;
  readonly signal: AbortSignal;
  readonly report: ReportProgress;
}

/** What the parts of a pull share while it runs. */
export interface PullRun extends PullWork {
  readonly capabilities: Capabilities;
  readonly outcome: Outcome<PullCounts>;
  /** The conversations that traces of this pull name. */
  readonly named: Set<ConversationId>;
}
