import type { MaskCounts } from "../schema/exchange.ts";
import type { ConversationId } from "../schema/ids.ts";
import type { Resource } from "../schema/resource.ts";
import { resources } from "../schema/resource.ts";

/** An item that did not arrive, and why. */
export interface ItemFailure {
  readonly code: string;
  readonly message: string;
  readonly resource: Resource;
  readonly id: string | null;
}

export interface PushCounts {
  /** Acknowledged by the service in this run. */
  sent: number;
  /** Not sent, because the remote has it already. */
  skipped: number;
  held_back: number;
  refused: number;
}

export interface PullCounts {
  received: number;
  merged: number;
  skipped: number;
}

/** What one push or pull has done so far; filled in while it runs, so that an interrupted one can be told of as well. */
export interface Outcome<Counts> {
  readonly resources: Readonly<Record<Resource, Counts>>;
  /** Resources that the service is too old for. */
  readonly unsupported: Resource[];
  /** What the person should know although nothing failed. */
  readonly remarks: string[];
  readonly failures: ItemFailure[];
}

export interface PushOutcome extends Outcome<PushCounts> {
  /** Bytes of conversations alone, as they went over the wire. */
  conversationBytes: number;
  /** The conversations that were to go, as far as something is masked in them. */
  masked: readonly MaskedTranscript[];
}

export interface MaskedTranscript {
  readonly conversationId: ConversationId;
  readonly counts: MaskCounts;
}

/** What is said once to who recorded a conversation that an admin took away for good. */
export function purgedRemark(id: ConversationId, remote: string): string {
  return `conversation ${id.slice(0, 12)} was purged at \`${remote}\`: it stays on this machine, and does not go there again`;
}

function forEach<Counts>(make: () => Counts): Record<Resource, Counts> {
  return Object.fromEntries(resources.map((name) => [name, make()])) as Record<Resource, Counts>;
}

export function emptyPush(): PushOutcome {
  const counts = forEach<PushCounts>(() => ({ sent: 0, skipped: 0, held_back: 0, refused: 0 }));
  return {
    resources: counts,
    unsupported: [],
    remarks: [],
    failures: [],
    conversationBytes: 0,
    masked: [],
  };
}

export function emptyPull(): Outcome<PullCounts> {
  const counts = forEach<PullCounts>(() => ({ received: 0, merged: 0, skipped: 0 }));
  return { resources: counts, unsupported: [], remarks: [], failures: [] };
}
