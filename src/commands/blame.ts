import { defineCommand } from "../command.ts";
import { exitCodes } from "../errors.ts";
import { findProject } from "../workflows/projects/find-project.ts";
import { blameDocument, blameFiles } from "../workflows/provenance/blame-files.ts";
import {
  annotatedLines,
  rangesOf,
  type SessionColors,
  summaryOf,
} from "../workflows/provenance/describe-blame.ts";
import { parseLines } from "../workflows/provenance/parse-lines.ts";
import { requireAttribution } from "../workflows/provenance/require-attribution.ts";
import { visible } from "../terminal/text.ts";

export default defineCommand({
  summary: "Show which lines of a file an agent wrote",
  details:
    "At a terminal each line stands beside its agent, its age and its session; in a pipe, and with `--ranges`, ranges of lines. Lines without a claim are never called a person's: nothing is known of them. Lines that no commit has yet are answered from what the agents reported.",
  args: {
    file: {
      type: "positional",
      required: true,
      repeatable: true,
      description: "files of the work tree",
      completes: "file",
    },
    lines: {
      type: "string",
      alias: "l",
      formerly: ["line", "range", "r"],
      valueHint: "A-B",
      description: "these lines only, or one",
    },
    ranges: { type: "boolean", description: "list ranges of lines at a terminal, too" },
    "show-no-attribution": { type: "boolean", description: "list the other lines as well" },
    "require-attribution": {
      type: "boolean",
      description: "name the selected lines that are not an agent's, and exit 1 if there are any",
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
      formerly: ["C"],
      description: "follow lines moved between files of one commit, as `git blame -C`",
    },
  },
  examples: [
    { does: "who wrote this file", line: "agent-trace blame src/parser.ts" },
    { does: "one line, for a script", line: "agent-trace blame -l 14 --json src/parser.ts" },
  ],
  async run(context, args) {
    const { terminal } = context;
    const isRequired = args["require-attribution"] === true;
    const annotates = terminal.stdout.isTerminal && args.ranges !== true && !isRequired;
    const { files, failed } = await blameFiles(context, findProject(context), {
      files: args._,
      lines: parseLines(args.lines),
      keepsText: annotates,
      flags: [
        ...(args["ignore-whitespace"] === true ? ["-w"] : []),
        ...(args["find-moves"] === true ? ["-M"] : []),
        ...(args["find-copies"] === true ? ["-C"] : []),
      ],
    });
    const open = isRequired ? requireAttribution(context, files) : 0;
    const all = args["show-no-attribution"] === true || isRequired;
    const colors: SessionColors = new Map();
    terminal.page(
      files.flatMap((file) => [
        ...(files.length > 1 ? [terminal.paint(visible(file.path), "heading")] : []),
        ...(isRequired
          ? []
          : annotates
            ? annotatedLines(terminal, file, { now: context.now(), colors })
            : rangesOf(file.attributions.filter(({ kind }) => kind === "AI" || all))),
        summaryOf(file),
        ...(annotates && file !== files.at(-1) ? [""] : []),
      ]),
    );
    terminal.answer("blame", blameDocument(files, { all, open }), open === 0 && failed === 0);
    return open > 0 ? exitCodes.failed : failed;
  },
});
