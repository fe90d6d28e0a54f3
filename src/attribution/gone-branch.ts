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
  const telling = claimed.flatMap(({ hash }, at) => (weak.has(hash) ? [] : [at]));
  const lines = file.hashes.flatMap((_, line) => (file.weak[line] === true ? [] : [line + 1]));
  const pairs = new Map<number, number>();
  for (const run of matchLines(
    telling.map((at) => claimed[at]?.hash ?? ""),
    lines.map((line) => file.hashes[line - 1] ?? ""),
  )) {
    for (let step = 0; step < run.length; step++) {
      pairs.set(telling[run.before + step] ?? -1, lines[run.after + step] ?? 0);
    }
  }
  const claims = new Map<number, PendingClaim>();
  const taken = new Map<number, number>();
  const take = (at: number, line: number): void => {
    const claim = claimed[at]?.claim;
    const other = taken.get(at);
    // What may stand for either of two lines stands for none.
    if (other !== undefined && other !== line) claims.delete(other);
    else if (claim !== undefined && isAdded.has(line)) claims.set(line, claim);
    taken.set(at, line);
  };
  let proved = 0;
  for (const [at, line] of pairs) {
    take(at, line);
    if (isAdded.has(line)) proved++;
    for (const step of [-1, 1]) {
      for (let far = step; ; far += step) {
        const entry = claimed[at + far];
        const isBeside = entry?.line === (claimed[at]?.line ?? 0) + far;
        if (!isBeside || !weak.has(entry.hash) || file.hashes[line + far - 1] !== entry.hash) break;
        take(at + far, line + far);
      }
    }
  }
  return { claims, telling: proved, sought: telling.length };
}
