import { defineCommand } from "../command.ts";
import { bytes, plural, visible, visibleLines } from "../terminal/text.ts";
import { findProject, namedFile } from "../workflows/projects/find-project.ts";
import { parseLines } from "../workflows/provenance/parse-lines.ts";
import { type ContextSegment, readContext } from "../workflows/provenance/read-context.ts";

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
    const named = namedFile(context, project, args.file);
    const selected = parseLines(args.lines);
    const { file, segments } = await readContext(project, named, {
      ...(selected === undefined ? {} : { lines: selected }),
      query: args.query,
      full: args.full === true,
      signal: context.signal,
      warn: terminal.warn,
    });
    const ai = segments.filter(({ attribution }) => attribution === "ai");
    const conversations = Map.groupBy(ai, (found) => found.conversation_id ?? found.trace_id);
    const shown: string[] = [];
    for (const [first, ...others] of conversations.values()) {
      if (first === undefined) continue;
      shown.push(terminal.paint(headline([first, ...others]), "heading"));
      if (first.summary !== null) shown.push(`  ${visible(first.summary)}`);
      const text = first.conversation_content ?? first.preview;
      for (const line of (text ?? "its conversation is not kept here").split("\n")) {
        shown.push(`  ${visibleLines(line)}`);
      }
    }
    if (ai.length === 0) shown.push(`no line of ${visible(file.path)} is known to be an agent's`);
    terminal.page(shown);
    terminal.answer("context", { file: file.path, segments });
  },
});

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
  const length = size === null ? [] : [`${plural(size.turns, "turn")}, ${bytes(size.bytes)}`];
  return [lines.join(", "), [...models].join(", "), ...length].join("  ");
}
