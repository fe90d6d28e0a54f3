import { isObject, listOf } from "./is-object.ts";
import { parseNote, renderNote } from "./note.ts";

/**
 * One note of two that were written of one commit, whoever merges them. Of the same ledger the claims are united, of
 * two ledgers the newer one stays; what either brings besides, such as summaries, is kept. A note of another program
 * is kept before ours, and two of them one behind the other.
 */
export function mergeNotes(newer: Uint8Array, older: Uint8Array): string {
  const [first, second] = [parseNote(newer), parseNote(older)];
  if (first === undefined || second === undefined) return mergeForeign(newer, older);
  const isSame = first["ledger_hash"] === second["ledger_hash"];
  const merged: Record<string, unknown> = { ...second, ...first };
  if (!isSame && first["ledger"] === undefined) delete merged["ledger"];
  else if (isSame) unite(merged, "ledger", uniteLedgers(first["ledger"], second["ledger"]));
  unite(merged, "summary", uniteTexts(first["summary"], second["summary"]));
  unite(merged, "prompts", unitePrompts(first["prompts"], second["prompts"]));
  const all = "all_session_conversations";
  unite(merged, all, uniteConversations(first[all], second[all]));
  return renderNote(merged);
}

function unite(note: Record<string, unknown>, section: string, value: unknown): void {
  if (value !== undefined) note[section] = value;
}

function mergeForeign(newer: Uint8Array, older: Uint8Array): string {
  const texts = [newer, older].map((bytes) => ({
    isOurs: parseNote(bytes) !== undefined,
    text: Buffer.from(bytes).toString("utf8"),
  }));
  const foreign = texts.filter(({ isOurs }) => !isOurs).map(({ text }) => text);
  const [one = "", other] = foreign.sort();
  if (other === undefined || one.includes(other)) return one;
  if (other.includes(one)) return other;
  return `${one.trimEnd()}\n\n${other.trimStart()}`;
}

type Files = Record<string, unknown>;

function filesOf(ledger: unknown): Files | undefined {
  const files = isObject(ledger) ? ledger["files"] : undefined;
  return isObject(files) ? files : undefined;
}

function uniteLedgers(first: unknown, second: unknown): unknown {
  const [own, others] = [filesOf(first), filesOf(second)];
  if (own === undefined || others === undefined) return own === undefined ? second : first;
  const files: [string, unknown][] = Object.entries(own).map(([path, file]) => {
    const other = Object.hasOwn(others, path) ? others[path] : undefined;
    return [path, uniteFiles(file, other)];
  });
  for (const [path, file] of Object.entries(others)) {
    if (!Object.hasOwn(own, path)) files.push([path, file]);
  }
  return { ...(first as object), files: Object.fromEntries(files) };
}

function uniteFiles(first: unknown, second: unknown): unknown {
  if (!isObject(first) || !isObject(second)) return first ?? second;
  const segments = listOf(first["line_attributions"]);
  const placeOf = (segment: Record<string, unknown>): string =>
    JSON.stringify([segment["start_line"], segment["end_line"], segment["trace_id"]]);
  const known = new Set(segments.map(placeOf));
  const more = listOf(second["line_attributions"]).filter((one) => !known.has(placeOf(one)));
  return { ...first, line_attributions: [...segments, ...more] };
}

function uniteTexts(first: unknown, second: unknown): unknown {
  return isObject(first) && isObject(second) ? { ...second, ...first } : (first ?? second);
}

function unitePrompts(first: unknown, second: unknown): unknown {
  if (!Array.isArray(first) || !Array.isArray(second)) return first ?? second;
  return [...new Set<unknown>([...first, ...second])];
}

function uniteConversations(first: unknown, second: unknown): unknown {
  if (!Array.isArray(first) || !Array.isArray(second)) return first ?? second;
  const byId = new Map<unknown, Record<string, unknown>>();
  for (const one of [...listOf(second), ...listOf(first)]) {
    const known = byId.get(one["conversation_id"]);
    byId.set(one["conversation_id"], { ...one, summary: one["summary"] ?? known?.["summary"] });
  }
  return [...byId.values()];
}
