import type { Segment } from "../schema/ledger.ts";
import type { PendingClaim, PendingFile } from "../schema/pending.ts";
import { foundAgain } from "./left-texts.ts";
import { decodeText, isWeak, lineStarts, splitLines } from "./lines.ts";
import type { LineRange } from "./pending-file.ts";
import { hashLineBytes } from "./trace.ts";

/** Who wrote which line of a file: 1-based lines, only those that an agent wrote. */
export type Claims = ReadonlyMap<number, PendingClaim>;

/** Lines of a later text that a pending file's agents wrote, by following the file's text to it. */
export function claimsOf(pending: PendingFile, content: Uint8Array): Claims {
  const found = foundAgain(pending, decodeText(content));
  const claims = new Map<number, PendingClaim>();
  for (const [index, author] of found.authors.entries()) {
    const claim = found.claims[author];
    if (claim !== undefined) claims.set(index + 1, claim);
  }
  return claims;
}

/** Only what lies in these ranges: a commit's ledger tells of the lines that the commit added. */
export function withinRanges(claims: Claims, ranges: readonly LineRange[]): Claims {
  const within = new Map<number, PendingClaim>();
  for (const { start, end } of ranges) {
    for (let line = start; line <= end; line++) {
      const claim = claims.get(line);
      if (claim !== undefined) within.set(line, claim);
    }
  }
  return within;
}

/**
 * Without common lines that no telling one stands beside: git pairs a person's blank line with an agent's that is gone
 * as readily as with itself.
 */
export function withoutStrayLines(claims: Claims, content: Uint8Array): Claims {
  const lines = splitLines(decodeText(content));
  const kept = new Map<number, PendingClaim>();
  let run: [number, PendingClaim][] = [];
  let isTold = false;
  for (let line = 1; line <= lines.length + 1; line++) {
    const claim = claims.get(line);
    if (claim !== undefined) {
      run.push([line, claim]);
      isTold ||= !isWeak(lines[line - 1] ?? "");
      continue;
    }
    if (isTold) for (const [at, found] of run) kept.set(at, found);
    run = [];
    isTold = false;
  }
  return kept;
}

/** The ranges that all of these lists share. */
export function commonRanges(lists: readonly (readonly LineRange[])[]): LineRange[] {
  const [first = [], ...others] = lists;
  return others.reduce<LineRange[]>(
    (shared, ranges) =>
      shared.flatMap(({ start, end }) =>
        ranges
          .map((range) => ({ start: Math.max(start, range.start), end: Math.min(end, range.end) }))
          .filter((range) => range.start <= range.end),
      ),
    [...first],
  );
}

/** Claims as a ledger's segments: neighbouring lines of one trace are one. */
export function toSegments(
  claims: Claims,
  content: Uint8Array,
  { withEvidence = true }: { readonly withEvidence?: boolean } = {},
): Segment[] {
  const starts = withEvidence ? lineStarts(content) : [];
  const segments: Segment[] = [];
  for (const [line, claim] of [...claims].sort(([one], [other]) => one - other)) {
    const proof = withEvidence ? [{ line, hash: hashLineBytes(content, line - 1, starts) }] : [];
    const last = segments.at(-1);
    if (last?.trace_id === claim.traceId && last.end_line === line - 1) {
      last.end_line = line;
      last.evidence?.push(...proof);
      continue;
    }
    segments.push({
      start_line: line,
      end_line: line,
      type: "ai",
      trace_id: claim.traceId,
      ...(claim.modelId === undefined ? {} : { model_id: claim.modelId }),
      ...(claim.conversationId === undefined ? {} : { conversation_id: claim.conversationId }),
      ...(withEvidence ? { evidence: proof } : {}),
    });
  }
  return segments;
}
