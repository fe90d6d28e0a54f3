import type { ClaimedSegment, Ledger } from "../schema/ledger.ts";
import type { PendingClaim } from "../schema/pending.ts";
import type { Claims } from "./claim-lines.ts";
import { foundLater } from "./authored.ts";
import { nobody } from "./follow.ts";
import { decodeText, splitLines } from "./lines.ts";

/** What a ledger claims of a file, under the path that the file has in the ledger's commit. */
export function segmentsOf(ledger: Ledger, path: string): readonly ClaimedSegment[] {
  // Only own keys count: a file may be named `constructor`.
  const file = Object.hasOwn(ledger.files, path) ? ledger.files[path] : undefined;
  // What comes in by the door for ledgers, or is made here, has a trace.
  return (file?.line_attributions ?? []) as ClaimedSegment[];
}

/** What a ledger says of a file that has so many lines, line by line. */
export function claimsOfSegments(segments: readonly ClaimedSegment[], lines: number): Claims {
  const claims = new Map<number, PendingClaim>();
  for (const { start_line, end_line, trace_id, model_id, conversation_id } of segments) {
    const claim = {
      traceId: trace_id,
      timestamp: "",
      modelId: model_id,
      conversationId: conversation_id,
    };
    for (let line = start_line; line <= Math.min(end_line, lines); line++) claims.set(line, claim);
  }
  return claims;
}

/** Claims on one text carried over to another one that was made of it. */
export function followClaims(claims: Claims, before: Uint8Array, after: Uint8Array): Claims {
  const list = [...new Set(claims.values())];
  const place = new Map(list.map((claim, index) => [claim, index]));
  const text = decodeText(before);
  const authors = splitLines(text).map((_, index) => {
    const claim = claims.get(index + 1);
    return claim === undefined ? nobody : (place.get(claim) ?? nobody);
  });
  const found = foundLater({ text, authors }, decodeText(after));
  const followed = new Map<number, PendingClaim>();
  for (const [index, author] of found.authors.entries()) {
    const claim = list[author];
    if (claim !== undefined) followed.set(index + 1, claim);
  }
  return followed;
}
