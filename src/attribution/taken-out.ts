import type { PendingClaim } from "../schema/pending.ts";
import type { SourceText } from "./claim-file.ts";
import { followClaims } from "./follow-ledger.ts";
import { decodeText, splitLines } from "./lines.ts";
import { bare } from "./words.ts";

/**
 * Which claimed lines of a text a commit took out that had them from it. Texts are followed only where some line reads
 * like one that went: of a file's long history few commits do.
 */
export function takenOut(
  { content, claims }: SourceText,
  before: Uint8Array,
  after: Uint8Array | undefined,
): number[] {
  const left = bareLines(after);
  const gone = bareLines(before).difference(left);
  const own = splitLines(decodeText(content));
  if (![...claims.keys()].some((line) => gone.has(bare(own[line - 1] ?? "")))) return [];
  const standing = after === undefined ? new Set<number>() : linesIn({ content, claims }, after);
  return [...linesIn({ content, claims }, before).difference(standing)];
}

function bareLines(content: Uint8Array | undefined): Set<string> {
  return new Set(content === undefined ? [] : splitLines(decodeText(content)).map(bare));
}

/** The claimed lines of a text that stand in another one. */
function linesIn({ content, claims }: SourceText, other: Uint8Array): Set<number> {
  const lineOf = new Map([...claims].map(([line, claim]) => [{ ...claim }, line]));
  const marked = new Map([...lineOf].map(([mark, line]): [number, PendingClaim] => [line, mark]));
  const found = followClaims(marked, content, other);
  return new Set([...found.values()].flatMap((mark) => lineOf.get(mark) ?? []));
}
