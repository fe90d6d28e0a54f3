import type { Terminal } from "../../terminal/terminal.ts";
import { type Meaning, sessions } from "../../terminal/style.ts";
import { age, columns, expandTabs, padEnd, padStart, visible, width } from "../../terminal/text.ts";
import type { Attribution, FileAttribution } from "./read-attribution.ts";

/** How much of a file is an agent's, in one line. */
export function summaryOf({ lines, aiLines, attributions }: FileAttribution): string {
  const open = attributions
    .filter(({ source }) => source === "uncommitted")
    .reduce((sum, { start_line, end_line }) => sum + end_line - start_line + 1, 0);
  const note = open === 0 || open === aiLines ? "" : ` (${open} of them not committed)`;
  return `${aiLines} of ${lines} lines AI${note}, ${lines - aiLines} without attribution`;
}

/** Ranges of lines with their facts. Neighbours that look the same, as edits of one session do, are one row. */
export function rangesOf(shown: readonly Attribution[]): string[] {
  const digits = shown.reduce((most, { start_line }) => Math.max(most, `${start_line}`.length), 1);
  const rows: { start: number; end: number; facts: string[] }[] = [];
  for (const found of shown) {
    const [last, facts] = [rows.at(-1), factsOf(found)];
    if (last?.end === found.start_line - 1 && Bun.deepEquals(last.facts, facts)) {
      last.end = found.end_line;
    } else rows.push({ start: found.start_line, end: found.end_line, facts });
  }
  const cells = rows.map(({ start, end, facts }) => [
    `${String(start).padStart(digits)}-${end}`.padEnd(2 * digits + 2),
    ...facts,
  ]);
  return columns(cells).map((line) => ` ${line}`);
}

function factsOf(found: Attribution): string[] {
  const { kind, model_id, tool, commit_sha, timestamp, source } = found;
  const isAi = kind === "AI";
  return [
    isAi ? "[AI]" : "[--]",
    isAi ? visible(model_id ?? "unknown model") : "",
    visible(tool?.name ?? ""),
    commit_sha?.slice(0, 7) ?? "uncommitted",
    // What a note says is its author's word, with no trace that has a time.
    source === "note" || source === "git-ai"
      ? `by ${source === "note" ? "its note" : "git-ai's note"}`
      : visible(timestamp?.slice(0, 10) ?? ""),
  ];
}

/** Gives each session the colour that it keeps through all files of one answer. */
export type SessionColors = Map<string, Meaning>;

interface Look {
  readonly now: Date;
  readonly colors: SessionColors;
}

/**
 * The file's text, line by line, behind a gutter: agent, age and session where they change, and a bar in the
 * session's colour beside each line of an agent's. Where the terminal is narrow the text comes first.
 */
export function annotatedLines(
  terminal: Terminal,
  { content, attributions }: FileAttribution,
  { now, colors }: Look,
): string[] {
  const text = new TextDecoder().decode(content).split("\n");
  const facts = attributions.map((found) => gutterFacts(found, now));
  const room = Math.floor(terminal.columns / 2);
  const widths = [0, 1, 2].map((cell) =>
    facts.reduce((most, row) => Math.max(most, width(row[cell] ?? "")), 0),
  );
  const gutter = widths.reduce((sum, cells) => sum + cells + (cells > 0 ? 1 : 0), 0);
  const digits = String(attributions.at(-1)?.end_line ?? 1).length;
  const bar = terminal.unicode ? "▌" : "|";
  const shown: string[] = [];
  let last = "";
  for (const [index, found] of attributions.entries()) {
    const isAi = found.kind === "AI";
    const meaning = isAi ? colorOf(found, colors) : "dim";
    const [agent = "", when = "", session = ""] = facts[index] ?? [];
    const cells = [padEnd(agent, widths[0] ?? 0), padStart(when, widths[1] ?? 0), session];
    const told = isAi ? cells.filter((cell) => cell !== "").join(" ") : "";
    for (let line = found.start_line; line <= found.end_line; line++) {
      const isNew = line === found.start_line && told !== last;
      const left = gutter <= room ? padEnd(isNew ? told : "", gutter) : "";
      const code = visible(expandTabs((text[line - 1] ?? "").replace(/\r$/, "")));
      const head = terminal.paint(`${left}${isAi ? bar : " "}`, meaning);
      const number = terminal.paint(String(line).padStart(digits), "dim");
      shown.push(`${head}${number}  ${isAi ? terminal.paint(code, meaning) : code}`.trimEnd());
    }
    last = told;
  }
  return shown;
}

function gutterFacts(found: Attribution, now: Date): string[] {
  if (found.kind !== "AI") return [];
  const { tool, model_id, timestamp, conversation_id } = found;
  const written = timestamp === null ? Number.NaN : Date.parse(timestamp);
  return [
    visible(tool?.name ?? model_id ?? "agent").slice(0, 16),
    Number.isNaN(written) ? "" : age(now.getTime() - written),
    visible(conversation_id ?? "").slice(0, 6),
  ];
}

function colorOf({ conversation_id, trace_id }: Attribution, colors: SessionColors): Meaning {
  const session = conversation_id ?? trace_id ?? "";
  const known = colors.get(session) ?? sessions[colors.size % sessions.length] ?? "dim";
  colors.set(session, known);
  return known;
}
