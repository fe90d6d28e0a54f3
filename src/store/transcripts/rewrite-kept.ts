import type { BlobId, ConversationId } from "../../schema/ids.ts";
import type { Warn } from "../files/json-file.ts";
import type { ProjectPaths } from "../files/paths.ts";
import { pointConversations, readConversationIndex } from "./conversation-index.ts";
import { resumeRewriting } from "./resume-rewriting.ts";
import type { Rewrite } from "./rewrite.ts";
import { noteRewritten, readRewritten } from "./rewritten-snapshots.ts";
import { dateSnapshot, findSnapshot } from "./snapshot.ts";
import { takeSnapshot } from "./take-in.ts";

export interface KeptRewriting {
  readonly signal: AbortSignal;
  readonly warn: Warn;
  readonly rewrite?: Rewrite | undefined;
  /** The conversations that have a live copy: their snapshots are made of that. */
  readonly live: ReadonlySet<ConversationId>;
  isAcknowledged(blob: BlobId): boolean;
  holdBack(id: ConversationId, work: () => Promise<void>): Promise<void>;
}

/**
 * Snapshots without a live copy were taken before transcripts were rewritten, or came from elsewhere. Those that the
 * remote lacks are rewritten now, once for each set of rules; where that changes a byte their conversation points to
 * the new form.
 */
export async function rewriteKept(project: ProjectPaths, options: KeptRewriting): Promise<void> {
  const { rewrite, signal, warn, live } = options;
  if (rewrite === undefined) return;
  const newest = readConversationIndex(project, warn);
  const known = readRewritten(project, rewrite.id, warn);
  const changed = new Map<ConversationId, BlobId>();
  const made: BlobId[] = [];
  for (const [id, blob] of newest) {
    if (live.has(id) || known.has(blob) || options.isAcknowledged(blob)) continue;
    const kept = findSnapshot(project, blob);
    if (kept === undefined) continue;
    await options.holdBack(id, async () => {
      const { path, bytes, time } = kept;
      const { rewriting } = resumeRewriting(project, undefined, rewrite);
      const taken = await takeSnapshot(project, { path, bytes }, { signal, rewriting });
      made.push(taken.blob);
      if (taken.blob === blob) return;
      dateSnapshot(project, taken.blob, time.toISOString());
      changed.set(id, taken.blob);
    });
  }
  pointConversations(project, changed, warn);
  const needed = new Set([...newest, ...changed].map(([, blob]) => blob));
  noteRewritten(
    project,
    { id: rewrite.id, blobs: made, needed: needed.union(new Set(made)) },
    warn,
  );
}
