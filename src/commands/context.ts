import { defineCommand } from "../command.ts";
import { maskedTranscripts, rawTranscripts } from "../workflows/exchange/read-transcript.ts";
import { findProject, namedFile } from "../workflows/projects/find-project.ts";
import { describeContext } from "../workflows/provenance/describe-context.ts";
import { parseLines } from "../workflows/provenance/parse-lines.ts";
import { readContext } from "../workflows/provenance/read-context.ts";

export default defineCommand({
  summary: "Show the conversation behind lines of a file",
  details:
    "Without an option it shows what was said when the lines were written. `--full` shows all that was said at a terminal, and in a pipe the transcript itself; `--format` chooses one of the two. Secrets are masked as a push masks them, so that everyone reads the same.",
  args: {
    file: {
      type: "positional",
      required: true,
      description: "a file of the work tree",
      completes: "file",
    },
    lines: {
      type: "string",
      alias: "l",
      valueHint: "A-B",
      description: "these lines only, or one",
    },
    grep: {
      type: "string",
      alias: "g",
      formerly: ["query", "q"],
      valueHint: "TEXT",
      description: "show only what was said with this text in it",
    },
    full: { type: "boolean", description: "show each conversation as a whole" },
    format: {
      type: "enum",
      options: ["turns", "jsonl"],
      description: "as a whole: what was said, or the transcript itself",
    },
    unredacted: {
      type: "boolean",
      description: "show what this machine recorded with the secrets in it",
    },
    yes: { type: "boolean", description: "with --unredacted: also into a pipe or a file" },
  },
  examples: [
    { does: "how these lines came about", line: "agent-trace context src/parser.ts -l 14-40" },
    { does: "the whole conversation", line: "agent-trace context src/parser.ts -l 14 --full" },
  ],
  async run(context, args) {
    const { terminal } = context;
    const project = findProject(context);
    const named = namedFile(context, project, args.file);
    const selected = parseLines(args.lines);
    const full = args.full === true || args.format !== undefined;
    const found = await readContext(project, named, {
      ...(selected === undefined ? {} : { lines: selected }),
      query: args.grep,
      full,
      signal: context.signal,
      said:
        args.unredacted === true
          ? rawTranscripts(context, project.paths, { yes: args.yes === true })
          : maskedTranscripts(context, project.paths),
    });
    const whole = args.format ?? (terminal.stdout.isTerminal ? "turns" : "jsonl");
    const look = { format: full ? whole : "preview", grep: args.grep } as const;
    terminal.page(describeContext(terminal, found, look));
    terminal.answer("context", { file: found.file.path, segments: found.segments });
  },
});
