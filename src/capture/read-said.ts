import { parsePiece, parseTurns } from "./read-turns.ts";

/** Something that was said; of a transcript that nobody here can take apart, a passage of its text. */
export interface SaidTurn {
  readonly speaker: string;
  readonly text: string;
  readonly time?: string | undefined;
}

/** Forms beside those of agents: one document, text without rows, and rows in which nothing is said. */
const document = "document";
const plainText = "text";
const nothingSaid = "none";

/** As `parsePiece`, for whoever wants all that can be read of a transcript, text of unknown forms too. */
export function readSaidPiece(
  piece: string,
  form: string | null,
): { form: string | null; turns: readonly SaidTurn[] | "whole" } {
  if (form === document) return { form, turns: "whole" };
  if (form === plainText) return { form, turns: passages(piece) };
  const known = form === nothingSaid || form === null ? undefined : form;
  const found = parsePiece(piece, known);
  return { form: found.form ?? form, turns: found.turns ?? "whole" };
}

/** A transcript that must be read from its beginning to its end. */
export function readSaidWhole(text: string): { form: string; turns: readonly SaidTurn[] } {
  const { form } = parsePiece(text, undefined);
  const turns = parseTurns(text);
  if (turns.length > 0) return { form: form ?? document, turns };
  if (/^\s*[[{]/.test(text) || text.trim() === "") return { form: nothingSaid, turns: [] };
  return { form: plainText, turns: passages(text) };
}

const passageCharacters = 2000;

/** Whole lines, so many that a passage can be looked at. */
function passages(text: string): SaidTurn[] {
  const found: SaidTurn[] = [];
  for (let start = 0; start < text.length;) {
    const at = text.lastIndexOf("\n", start + passageCharacters);
    const next = at > start ? at : text.indexOf("\n", start + passageCharacters);
    const end = next < 0 || start + passageCharacters >= text.length ? text.length : next;
    const passage = text.slice(start, end).trim();
    if (passage !== "") found.push({ speaker: "text", text: passage });
    start = end + 1;
  }
  return found;
}
