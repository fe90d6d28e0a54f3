import type { Turn } from "../../capture/read-turns.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { bytes, count, plural, visible, visibleLines, wrap } from "../../terminal/text.ts";
import type { ContextSegment, FileContext } from "./read-context.ts";

export interface ContextLook {
  /** `turns` shows what was said as a whole, `jsonl` the transcript as it is kept; without one, a preview. */
  readonly format: "turns" | "jsonl" | "preview";
  readonly grep: string | undefined;
}

/** Each conversation once, with all the lines that came of it. */
export function describeContext(
  terminal: Terminal,
  { file, segments, turns }: FileContext,
  { format, grep }: ContextLook,
): string[] {
  const ai = segments.filter(({ attribution }) => attribution === "ai");
  if (ai.length === 0) return [`no line of ${visible(file.path)} is known to be an agent's`];
  const conversations = Map.groupBy(ai, (found) => found.conversation_id ?? found.trace_id);
  const shown: string[] = [];
  for (const [id, found] of conversations) {
    const [first] = found;
    if (first === undefined) continue;
    shown.push(terminal.paint(headline(found), "heading"));
    if (first.summary !== null) shown.push(`  ${visible(first.summary)}`);
    const said = id === null ? undefined : turns.get(id);
    if (format === "turns" && said !== undefined) {
      shown.push(...describeTurns(terminal, said, grep));
      continue;
    }
    const previews = [...new Set(found.flatMap(({ preview }) => preview ?? []))];
    const preview = previews.length === 0 ? null : previews.join("\n…\n");
    const text = (format === "preview" ? undefined : first.conversation_content) ?? preview;
    const silence = grep === undefined ? "nothing was said" : "no turn matches";
    const nothing = text === null ? describeAbsence(first.conversation_absence) : silence;
    for (const line of (text || nothing).split("\n")) shown.push(`  ${visibleLines(line)}`);
  }
  return shown;
}

function describeAbsence(absence: ContextSegment["conversation_absence"]): string {
  if (absence === "unshared") return "its conversation is not shared by its author";
  if (absence === "purged") return "its conversation was purged where it was shared";
  return "its conversation is not kept here";
}

/** Whole turns, each under the name of who spoke. */
function describeTurns(
  terminal: Terminal,
  turns: readonly Turn[],
  grep: string | undefined,
): string[] {
  const sought = grep?.toLowerCase();
  const chosen = turns.filter(
    ({ text }) => sought === undefined || text.toLowerCase().includes(sought),
  );
  if (chosen.length === 0) return [grep === undefined ? "  nothing was said" : "  no turn matches"];
  const room = Math.max(20, terminal.columns - 2);
  return chosen.flatMap(({ speaker, text }) => [
    "",
    terminal.paint(speaker, "name"),
    ...visibleLines(text)
      .split("\n")
      // What is indented is code: its line breaks are its own.
      .flatMap((line) => (/^\s/.test(line) ? [line] : wrap(line, room)))
      .map((line) => `  ${line}`.trimEnd()),
  ]);
}

/** The lines that came of one conversation, who spoke, and how long it is. */
function headline(segments: readonly ContextSegment[]): string {
  const joined: { start: number; end: number }[] = [];
  for (const { start_line, end_line } of segments) {
    const last = joined.at(-1);
    if (last?.end === start_line - 1) last.end = end_line;
    else joined.push({ start: start_line, end: end_line });
  }
  const lines = joined.map(({ start, end }) => (start === end ? `${start}` : `${start}-${end}`));
  const models = new Set(segments.map(({ model_id }) => visible(model_id ?? "unknown model")));
  const size = segments[0]?.conversation_size ?? null;
  const spent = describeUsage(segments[0]?.usage);
  const length =
    size === null ? [] : [`${plural(size.turns, "turn")}, ${bytes(size.bytes)}${spent}`];
  return [lines.join(", "), [...models].join(", "), ...length].join("  ");
}

/** What a conversation cost, behind its length. */
function describeUsage(usage: ContextSegment["usage"]): string {
  if (usage === undefined) return "";
  const tokens = `, ${count(usage.input_tokens + usage.output_tokens)} tokens`;
  return usage.cost === undefined ? tokens : `${tokens}, $${usage.cost.toFixed(2)}`;
}
