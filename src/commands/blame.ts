import { defineCommand } from "../command.ts";
import { AppError, exitCodes } from "../errors.ts";
import { columns, visible } from "../terminal/text.ts";
import { findProject, namedFile } from "../workflows/projects/find-project.ts";
import { parseLines } from "../workflows/provenance/parse-lines.ts";
import { type Attribution, readAttribution } from "../workflows/provenance/read-attribution.ts";

export default defineCommand({
  summary: "Show which lines of a file an agent wrote",
  details:
    "Lines without a claim are never called a person's: nothing is known of them. Lines that no commit has yet are answered from what the agents reported.",
  args: {
    file: {
      type: "positional",
      required: true,
      description: "a file of the work tree",
      completes: "file",
    },
    line: { type: "string", alias: "l", valueHint: "N", description: "this line only" },
    range: { type: "string", alias: "r", valueHint: "A-B", description: "these lines only" },
    "show-no-attribution": { type: "boolean", description: "list the other lines as well" },
    "require-attribution": {
      type: "boolean",
      description: "exit 1 when a selected line is not an agent's",
    },
    "ignore-whitespace": {
      type: "boolean",
      alias: "w",
      description: "look through changes of blanks, as `git blame -w`",
    },
    "find-moves": {
      type: "boolean",
      alias: "M",
      description: "follow lines moved within the file, as `git blame -M`",
    },
    "find-copies": {
      type: "boolean",
      alias: "C",
      description: "follow lines moved between files of one commit, as `git blame -C`",
    },
  },
  examples: [
    { does: "who wrote this file", line: "agent-trace blame src/parser.ts" },
    { does: "one line, for a script", line: "agent-trace blame -l 14 --json src/parser.ts" },
  ],
  async run(context, args) {
    const { terminal } = context;
    const project = findProject(context);
    const file = namedFile(context, project, args.file);
    const selected = parseLines(args.range, args.line);
    const { path, lines, aiLines, attributions } = await readAttribution(project, file, {
      ...(selected === undefined ? {} : { lines: selected }),
      flags: [
        ...(args["ignore-whitespace"] === true ? ["-w"] : []),
        ...(args["find-moves"] === true ? ["-M"] : []),
        ...(args["find-copies"] === true ? ["-C"] : []),
      ],
      signal: context.signal,
    });
    const shown = attributions.filter(
      ({ kind }) => kind === "AI" || args["show-no-attribution"] === true,
    );
    const rest = lines - aiLines;
    const fails = args["require-attribution"] === true && rest > 0;
    terminal.page([
      ...columns(toRows(shown)).map((line) => ` ${line}`),
      `${aiLines} of ${lines} lines AI, ${rest} without attribution`,
    ]);
    terminal.answer("blame", { file: path, lines, ai_lines: aiLines, attributions: shown }, !fails);
    if (!fails) return exitCodes.ok;
    terminal.fail(new AppError("no_attribution", `${rest} of ${lines} lines have no attribution`));
    return exitCodes.failed;
  },
});

/** Neighbours that look the same, as edits of one session do, are one row. */
function toRows(shown: readonly Attribution[]): string[][] {
  const digits = Math.max(...shown.map(({ start_line }) => String(start_line).length));
  const rows: { start: number; end: number; facts: string[] }[] = [];
  for (const found of shown) {
    const [last, facts] = [rows.at(-1), factsOf(found)];
    if (last?.end === found.start_line - 1 && Bun.deepEquals(last.facts, facts)) {
      last.end = found.end_line;
    } else rows.push({ start: found.start_line, end: found.end_line, facts });
  }
  return rows.map(({ start, end, facts }) => [
    `${String(start).padStart(digits)}-${end}`.padEnd(2 * digits + 2),
    ...facts,
  ]);
}

function factsOf({ kind, model_id, tool, commit_sha, timestamp }: Attribution): string[] {
  const isAi = kind === "AI";
  return [
    isAi ? "[AI]" : "[--]",
    isAi ? visible(model_id ?? "unknown model") : "",
    visible(tool?.name ?? ""),
    commit_sha?.slice(0, 7) ?? "uncommitted",
    visible(timestamp?.slice(0, 10) ?? ""),
  ];
}
