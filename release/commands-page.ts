import { sections } from "../src/command.ts";
import type { HelpPage } from "../src/terminal/help.ts";
import type { Chapter, Definitions } from "./definitions.ts";

/** `docs/commands.md`. */
export function commandsPage({ root, chapters, topics }: Definitions): string {
  const visible = chapters.filter(({ definitions }) => definitions.some(({ hidden }) => !hidden));
  const hooks = chapters.filter((chapter) => !visible.includes(chapter));
  const parts = [
    "# Commands",
    "<!-- Made by `bun run docs` from the definitions in src/commands/. -->",
    root.summary,
    ...sections.flatMap((section) => [
      `## ${section[0]?.toUpperCase()}${section.slice(1)}`,
      ...visible.filter((chapter) => chapter.section === section).flatMap(chapterParts),
    ]),
    "## Called by hooks",
    ...hooks.flatMap(chapterParts),
    "## Global options",
    "These stand before or behind any command.",
    ...groupParts(root, ["options"]),
    ...topics.flatMap(([, page]) => [
      `## ${title(page)}`,
      ...(page.details === undefined ? [] : [prose(page.details)]),
      ...groupParts(page, []),
    ]),
  ];
  return `${parts.join("\n\n")}\n`;
}

function chapterParts({ definitions }: Chapter): string[] {
  return definitions.flatMap(({ path, page }) => [
    `### agent-trace ${path}`,
    prose(sentence(page.summary)),
    ...(page.details === undefined ? [] : [prose(page.details).replaceAll("\n", "  \n")]),
    code(page.usage),
    ...groupParts(page, ["arguments", "options"]),
    code(page.examples.flatMap(({ does, line }) => [`# ${does}`, line])),
  ]);
}

/** Rows as a list; `only` names the groups to take, none means all. */
function groupParts(page: HelpPage, only: readonly string[]): string[] {
  return page.groups
    .filter(
      ({ title: name, rows }) => rows.length > 0 && (only.length === 0 || only.includes(name)),
    )
    .map(({ rows }) => rows.map(([name, text]) => `- \`${name}\`: ${prose(text)}`).join("\n"));
}

function title(page: HelpPage): string {
  return page.groups[0]?.title === "fields"
    ? "Configuration fields"
    : page.groups[0]?.title === "variables"
      ? "Environment variables"
      : "Exit codes";
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** `<host>` would be taken for markup where it stands outside of backticks. */
function prose(text: string): string {
  return text
    .split("`")
    .map((part, index) => (index % 2 === 0 ? part.replaceAll("<", "\\<") : part))
    .join("`");
}

function code(lines: readonly string[]): string {
  return ["```sh", ...lines, "```"].join("\n");
}
