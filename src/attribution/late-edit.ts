import type { AgentEdit } from "../schema/agent-event.ts";
import type { Authored } from "./authored.ts";
import { applyEdit } from "./edit.ts";
import { nobody } from "./follow.ts";
import { isWeak, normalizeText, splitLines } from "./lines.ts";

/**
 * The file after edits that are reported later than others that were made on top of them. What those are known to have
 * written is taken out first: equal lines of theirs would make it doubtful which ones are meant. What is known stays.
 */
export function applyLate(known: Authored, edits: readonly AgentEdit[], author: number): Authored {
  const lines = splitLines(known.text);
  const later = laterAuthors(known, edits);
  const kept = lines.flatMap((_, at) => (later.has(known.authors[at] ?? nobody) ? [] : [at]));
  const end = known.text.endsWith("\n") ? "\n" : "";
  const text = kept.length === 0 ? "" : kept.map((at) => lines[at] ?? "").join("\n") + end;
  let state: Authored = { text, authors: kept.map((at) => known.authors[at] ?? nobody) };
  for (const edit of edits) state = applyEdit(state, edit, { text, author });
  const authors = [...known.authors];
  for (const [place, at] of kept.entries()) {
    const found = state.authors[place] ?? nobody;
    if (found !== nobody) authors[at] = found;
  }
  return { text: known.text, authors };
}

/** Who wrote something that stood nowhere yet when these edits were made, as far as they tell what stood there. */
function laterAuthors(known: Authored, edits: readonly AgentEdit[]): Set<number> {
  if (edits.some(({ textBefore }) => textBefore === undefined)) return new Set();
  const texts = edits.flatMap(({ textBefore, textAfter, replacements }) => [
    textBefore ?? "",
    textAfter ?? "",
    ...replacements.map(({ newText }) => newText),
  ]);
  const stood = new Set(texts.flatMap((text) => splitLines(normalizeText(text))));
  const later = new Set<number>();
  const earlier = new Set<number>([nobody]);
  for (const [at, line] of splitLines(known.text).entries()) {
    if (isWeak(line)) continue;
    (stood.has(line) ? earlier : later).add(known.authors[at] ?? nobody);
  }
  return later.difference(earlier);
}
