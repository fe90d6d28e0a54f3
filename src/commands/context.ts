import { resolve } from "node:path";
import { defineCommand } from "../command.ts";
import { bytes, plural, visible, visibleLines } from "../terminal/text.ts";
import { findProject } from "../workflows/find-project.ts";
import { parseLines } from "../workflows/parse-lines.ts";
import { type ContextSegment, readContext } from "../workflows/read-context.ts";

export default defineCommand({
  summary: "Show the conversation behind lines of a file",
  args: {
    file: {
      type: "positional",
      required: true,
      description: "a file of the work tree",
      completes: "file",
    },
    lines: { type: "string", alias: "l", valueHint: "A-B", description: "these lines only" },
    query: {
      type: "string",
      alias: "q",
      valueHint: "TEXT",
      description: "show only what was said with this text in it",
    },
    full: { type: "boolean", description: "show each conversation as a whole" },
  },
  examples: [
    { does: "how these lines came about", line: "agent-trace context src/parser.ts -l 14-40" },
    { does: "the whole conversation", line: "agent-trace context src/parser.ts -l 14 --full" },
  ],
  async run(context, args) {
    const { terminal } = context;
    const project = findProject(context);
    const base =
      context.options.project === undefined ? context.cwd : project.git.repository.workTree;
    const selected = parseLines(args.lines);
    const { file, segments } = await readContext(project, resolve(base, args.file), {
      ...(selected === undefined ? {} : { lines: selected }),
      query: args.query,
      full: args.full === true,
      signal: context.signal,
      warn: terminal.warn,
    });
    const ai = segments.filter(({ attribution }) => attribution === "ai");
    const told = new Set<string | null>();
    for (const segment of ai) {
      terminal.print(terminal.paint(headline(segment), "heading"));
      const isNew = !told.has(segment.conversation_id);
      told.add(segment.conversation_id);
      const text = isNew
        ? (segment.conversation_content ?? segment.preview)
        : "the same conversation as above";
      if (segment.summary !== null && isNew) terminal.print(`  ${visible(segment.summary)}`);
      for (const line of (text ?? "its conversation is not kept here").split("\n")) {
        terminal.print(`  ${visibleLines(line)}`);
      }
    }
    if (ai.length === 0)
      terminal.print(`no line of ${visible(file.path)} is known to be an agent's`);
    terminal.answer("context", { file: file.path, segments });
  },
});

function headline({ start_line, end_line, ...segment }: ContextSegment): string {
  const size = segment.conversation_size;
  const conversation = size === null ? "" : `  ${plural(size.turns, "turn")}, ${bytes(size.bytes)}`;
  const model = visible(segment.model_id ?? "unknown model");
  return `${start_line}-${end_line}  ${model}${conversation}`;
}
