import type { ClaimedSegment } from "../schema/ledger.ts";
import type { PendingClaim } from "../schema/pending.ts";
import type { Claims } from "./claim-lines.ts";
import { matchLines } from "./diff.ts";
import type { HashedLines } from "./line-hashes.ts";
import type { LineRange } from "./pending-file.ts";

/** What a ledger proves of a file whose text is gone. */
export interface GoneClaims {
  readonly claims: Claims;
  /** Telling lines of the ledger that stand in the file, and how many there were to find. */
  readonly telling: number;
  readonly sought: number;
}

/** Lines of a ledger, with the text that is gone told by their hashes. */
interface Claimed {
  readonly line: number;
  readonly hash: string;
  readonly claim: PendingClaim;
}

/**
 * Finds the lines that a ledger claims in a file as committed, by their hashes and in their order. Common lines count
 * only beside a telling one, as they stood in the ledger's commit.
 */
export function findGone(
  segments: readonly ClaimedSegment[],
  file: HashedLines & { readonly added: readonly LineRange[] },
): GoneClaims {
  const claimed = segments.flatMap(
    ({ trace_id, model_id, conversation_id, evidence = [] }): Claimed[] => {
      const claim = {
        traceId: trace_id,
        timestamp: "",
        modelId: model_id,
        conversationId: conversation_id,
      };
      return evidence.map(({ line, hash }) => ({ line, hash, claim }));
    },
  );
  const isAdded = new Set<number>();
  for (const { start, end } of file.added) {
    for (let line = start; line <= Math.min(end, file.hashes.length); line++) isAdded.add(line);
  }
  const weak = new Set(file.hashes.filter((_, line) => file.weak[line] === true));
  const pairs = new Map<number, number>();
  for (const run of matchLines(
    claimed.map(({ hash }) => hash),
    file.hashes,
  )) {
    for (let step = 0; step < run.length; step++)
      pairs.set(run.before + step, run.after + step + 1);
  }
  const isTelling = (at: number): boolean => {
    const line = pairs.get(at);
    return line !== undefined && file.weak[line - 1] === false;
  };
  const claims = new Map<number, PendingClaim>();
  let telling = 0;
  for (const [at, line] of pairs) {
    const entry = claimed[at];
    if (entry === undefined || !isAdded.has(line)) continue;
    if (isTelling(at)) telling++;
    else if (![-1, 1].some((step) => reaches(claimed, pairs, { at, step, isTelling }))) continue;
    claims.set(line, entry.claim);
  }
  return { claims, telling, sought: claimed.filter(({ hash }) => !weak.has(hash)).length };
}

/** Whether a telling line follows without a gap on either side, in this direction. */
function reaches(
  claimed: readonly Claimed[],
  pairs: ReadonlyMap<number, number>,
  { at, step, isTelling }: { at: number; step: number; isTelling: (at: number) => boolean },
): boolean {
  for (let here = at; ; here += step) {
    const next = here + step;
    const apart = (claimed[next]?.line ?? 0) - (claimed[here]?.line ?? 0);
    if (apart !== step || (pairs.get(next) ?? 0) - (pairs.get(here) ?? 0) !== step) return false;
    if (isTelling(next)) return true;
  }
}
