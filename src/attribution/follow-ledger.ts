import type { Ledger, Segment } from "../schema/ledger.ts";
import type { PendingClaim } from "../schema/pending.ts";
import type { Claims } from "./claim-lines.ts";
import { foundLater } from "./authored.ts";
import { nobody } from "./follow.ts";
import { decodeText, splitLines } from "./lines.ts";

/** A segment of which line numbers can be relied on: ledgers come from other machines and older programs as well. */
function isSound(segment: Segment | null): segment is Segment & { readonly trace_id: string } {
  return (
    typeof segment === "object" &&
    segment !== null &&
    segment.type === "ai" &&
    typeof segment.trace_id === "string" &&
    Number.isSafeInteger(segment.start_line) &&
    Number.isSafeInteger(segment.end_line)
  );
}

/** What a ledger claims of a file, under the path that the file has in the ledger's commit. */
export function segmentsOf(ledger: Ledger, path: string): (Segment & { trace_id: string })[] {
  // Only own keys count: a file may be named `constructor`.
  const file = Object.hasOwn(ledger.files, path) ? ledger.files[path] : undefined;
  return (file?.line_attributions ?? []).filter(isSound);
}

/** What a ledger says of a file, line by line. */
export function claimsOfSegments(
  segments: readonly (Segment & { readonly trace_id: string })[],
): Claims {
  const claims = new Map<number, PendingClaim>();
  for (const { start_line, end_line, trace_id, model_id, conversation_id } of segments) {
    const claim = {
      traceId: trace_id,
      timestamp: "",
      modelId: model_id,
      conversationId: conversation_id,
    };
    for (let line = start_line; line <= end_line; line++) claims.set(line, claim);
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
