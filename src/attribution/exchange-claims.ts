import type { Claims } from "./claim-lines.ts";
import { nobody } from "./follow.ts";
import { decodeText, isWeak, splitLines } from "./lines.ts";
import { exchangedLines } from "./open-lines.ts";
import type { LineRange } from "./pending-file.ts";

/** A text on the way to a commit, and who wrote its lines. */
export interface WayText {
  readonly lines: readonly string[];
  readonly claims: Claims;
}

/** A file as a commit has it, and as its first parent has it, if it does. */
export interface CommittedText {
  readonly content: Uint8Array;
  readonly oldContent?: Uint8Array | undefined;
  readonly added: readonly LineRange[];
}

/**
 * Claims with those that only git's account of equal lines makes an agent's: it says that the commit added a line that
 * the parent has, and that the parent has one which is the agent's. What git calls added is judged.
 */
export function exchangeClaims(
  claims: Claims,
  { oldContent, content, added }: CommittedText,
  texts: readonly WayText[],
): Claims {
  if (oldContent === undefined || texts.length === 0) return claims;
  const after = splitLines(decodeText(content));
  const places = new Set<number>();
  const sought = new Set<string>();
  for (const { start, end } of added) {
    for (let line = start; line <= Math.min(end, after.length); line++) {
      places.add(line - 1);
      if (!claims.has(line)) sought.add(after[line - 1] ?? "");
    }
  }
  const parent = splitLines(decodeText(oldContent));
  const result = new Map(claims);
  for (const text of texts) {
    // Most commits have none.
    if (![...text.claims.keys()].some((line) => sought.has(text.lines[line - 1] ?? ""))) continue;
    const fresh = freshTraces(text, parent);
    const list = [...new Set(text.claims.values())].filter(({ traceId }) => fresh.has(traceId));
    const numbers = new Map(list.map((claim, number) => [claim, number]));
    const authors = text.lines.map((_, at) => {
      const claim = text.claims.get(at + 1);
      return claim === undefined ? nobody : (numbers.get(claim) ?? nobody);
    });
    const found = exchangedLines({ before: text.lines, authors, after }, { parent, added: places });
    for (const [at, author] of found) {
      const claim = list[author];
      if (claim !== undefined && !result.has(at + 1)) result.set(at + 1, claim);
    }
  }
  return result;
}

/** The traces of which the parent has nothing yet: of an agent's line that it has, a person's copy may be the new one. */
function freshTraces({ lines, claims }: WayText, parent: readonly string[]): Set<string> {
  const known = new Set(parent);
  const told = new Map<string, { stood: number; telling: number }>();
  for (const [line, { traceId }] of claims) {
    const text = lines[line - 1] ?? "";
    if (isWeak(text)) continue;
    const count = told.get(traceId) ?? { stood: 0, telling: 0 };
    count.telling++;
    if (known.has(text)) count.stood++;
    told.set(traceId, count);
  }
  const fresh = [...told].filter(([, { stood, telling }]) => stood * chance <= telling);
  return new Set(fresh.map(([traceId]) => traceId));
}

/** Of so many lines that a trace wrote, one may read by chance as one that the parent has. */
const chance = 8;
