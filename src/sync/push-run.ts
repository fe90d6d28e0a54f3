import type { ConversationId } from "../schema/ids.ts";
import type { ReportProgress } from "../schema/progress.ts";
import type { Resource } from "../schema/resource.ts";
import type { Capabilities } from "../schema/wire.ts";
import type { PushOutcome } from "./outcome.ts";
import type { PushChoice } from "./plan-push.ts";
import type { ExchangePorts, SyncRemote } from "./ports.ts";

export interface PushWork {
  readonly store: ExchangePorts;
  readonly remote: SyncRemote;
  readonly choice: PushChoice;
  readonly signal: AbortSignal;
  readonly report: ReportProgress;
}

/** What the parts of a push share while it runs. */
export interface PushRun extends PushWork {
  readonly capabilities: Capabilities;
  readonly outcome: PushOutcome;
  /** Conversations that a row which arrived in this run names. */
  readonly gone: Set<ConversationId>;
  /** Tells how many items of a resource go in all. */
  expect(resource: Resource, count: number): void;
  /** Tells that so many more items of a resource are done. */
  advance(resource: Resource, items: number): void;
  /** Tells of so many bytes of transcripts that are going to be uploaded. */
  willUpload(bytes: number): void;
  /** Tells that the upload of so many of them has ended. */
  uploaded(bytes: number): void;
  /** Tells of bytes that are on their way within one request; of as many less when it has ended. */
  underWay(bytes: number): void;
}
