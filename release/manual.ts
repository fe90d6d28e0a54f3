import type { HelpPage } from "../src/terminal/help.ts";
import { wrap } from "../src/terminal/text.ts";
import type { Chapter, Definitions } from "./definitions.ts";

/** The manual as mdoc, file names to text: `agent-trace.1` and a page for each word of the first level. */
export function manual(definitions: Definitions, time: number): Map<string, string> {
  const pages = new Map([["agent-trace.1", rootManual(definitions, time)]]);
  for (const chapter of definitions.chapters) {
    pages.set(`agent-trace-${chapter.name}.1`, chapterManual(chapter, time));
  }
  return pages;
}

function rootManual({ root, topics }: Definitions, time: number): string {
  const titles = {
    environment: "ENVIRONMENT",
    "exit-codes": "EXIT STATUS",
    config: "CONFIGURATION",
  };
  return page([
    ...head("agent-trace", "who wrote which line", time),
    ".Sh SYNOPSIS",
    ".Nm",
    ".Ar command",
    ".Op Ar options",
    ".Sh DESCRIPTION",
    ...text(root.summary),
    ...root.groups.flatMap(({ title, rows }) =>
      title === "options" ? [] : [`.Ss ${capital(title)}`, ...list(rows, "Cm")],
    ),
    ".Sh OPTIONS",
    ...list(root.groups.find(({ title }) => title === "options")?.rows ?? [], "Fl"),
    ...topics.flatMap(([name, topic]) => [
      `.Sh ${titles[name as keyof typeof titles]}`,
      ...(topic.details === undefined ? [] : [...text(topic.details)]),
      ...topic.groups.flatMap(({ rows }) => list(rows, "Ev")),
    ]),
    ".Sh EXAMPLES",
    ...examples(root),
  ]);
}

function chapterManual({ name, page: group, definitions }: Chapter, time: number): string {
  const single = group === undefined ? definitions[0]?.page : undefined;
  const summary = group?.summary ?? single?.summary ?? "";
  return page([
    ...head(`agent-trace-${name}`, summary.replace(/\.$/, ""), time),
    ".Sh SYNOPSIS",
    ...definitions.flatMap(({ page: { usage } }) => [
      ".Bd -literal -compact",
      ...usage.map(line),
      ".Ed",
    ]),
    ".Sh DESCRIPTION",
    ...definitions.flatMap(({ path, page: own }) => [
      ...(group === undefined ? [] : [`.Ss ${escape(path)}`]),
      ...text(own.summary),
      ...(own.details === undefined ? [] : [".Pp", ...text(own.details)]),
      ...own.groups
        .filter(({ title, rows }) => rows.length > 0 && title !== "global options")
        .flatMap(({ rows }) => list(rows, "Fl")),
    ]),
    ".Sh EXAMPLES",
    ...definitions.flatMap(({ page: own }, index) => [
      ...(index === 0 ? [] : [".Pp"]),
      ...examples(own),
    ]),
  ]);
}

function head(name: string, summary: string, time: number): string[] {
  const date = new Date(time * 1000).toLocaleDateString("en-US", {
    year: "numeric",
    month: "long",
    day: "numeric",
    timeZone: "UTC",
  });
  return [
    `.Dd ${date}`,
    `.Dt ${name.toUpperCase()} 1`,
    ".Os",
    ".Sh NAME",
    `.Nm ${name}`,
    `.Nd ${escape(summary)}`,
  ];
}

function page(lines: readonly string[]): string {
  return `${lines.join("\n")}\n`;
}

function list(rows: readonly (readonly [string, string])[], macro: "Cm" | "Fl" | "Ev"): string[] {
  // A name is one quoted word of the macro: nothing in it is taken for another macro. `Fl` writes the first hyphen.
  const item = (name: string): string =>
    macro === "Fl" && name.startsWith("-")
      ? `.It Fl "${escape(name.slice(1)).replaceAll('"', "\\(dq")}"`
      : `.It ${macro === "Fl" ? "Ar" : macro} "${escape(name).replaceAll('"', "\\(dq")}"`;
  if (rows.length === 0) return [];
  return [
    ".Bl -tag -width Ds",
    ...rows.flatMap(([name, about]) => [item(name), ...text(about)]),
    ".El",
  ];
}

function examples({ examples: rows }: HelpPage): string[] {
  return rows.flatMap(({ does, line: typed }, index) => [
    ...(index === 0 ? [] : [".Pp"]),
    ...text(`${capital(does)}:`),
    ".Bd -literal -offset indent -compact",
    line(typed),
    ".Ed",
  ]);
}

/** Flowing text: each sentence and each paragraph on a line of its own, as mdoc wants it. */
function text(paragraphs: string): string[] {
  return paragraphs.split("\n").flatMap((paragraph, index) => [
    ...(index === 0 ? [] : [".Pp"]),
    ...paragraph
      .replace(/([.!?:;])\s+(?=[A-Z])/g, "$1\n")
      .split("\n")
      .flatMap((sentence) => wrap(escape(sentence.trim()), 78).map(protect)),
  ]);
}

function line(typed: string): string {
  return protect(escape(typed.trim()));
}

/** A line that begins like a macro is none. */
function protect(escaped: string): string {
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}

function escape(words: string): string {
  return words.replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll("…", "...");
}

function capital(words: string): string {
  return `${words[0]?.toUpperCase() ?? ""}${words.slice(1)}`;
}
