import type { Segment } from "../schema/ledger.ts";
import { hashLines } from "./line-hashes.ts";
import { isBinary, lineBytes, lineStarts } from "./lines.ts";
import { hashLine } from "../schema/digest.ts";

/**
 * What a note claims of a committed file, as far as the file bears it out: lines that it has, whose text has the hash
 * that the note says. Where one hash is wrong the note was made for another text, and only lines with a right one are
 * left. Segments stand in order and share no line.
 */
export function fitSegments(
  segments: readonly Segment[],
  content: Uint8Array | undefined,
): Segment[] {
  if (content === undefined || isBinary(content)) return [];
  const { hashes } = hashLines(content);
  const starts = lineStarts(content);
  const isRight = (line: number, hash: string): boolean => {
    if (hashes[line - 1] === hash) return true;
    // agent-trace-cli hashes a line with the carriage return before its break.
    const bytes = lineBytes(content, line - 1, starts);
    const end = (starts[line - 1] ?? 0) + bytes.length;
    return (
      content[end] === 0x0d && hashLine(content.subarray(end - bytes.length, end + 1)) === hash
    );
  };
  const told = new Map<number, boolean>();
  for (const { evidence = [] } of segments) {
    for (const { line, hash } of evidence) {
      if (line < 1 || line > hashes.length) continue;
      told.set(line, (told.get(line) ?? true) && isRight(line, hash));
    }
  }
  const isForThisText = ![...told.values()].includes(false);
  const fits = (line: number): boolean => told.get(line) ?? isForThisText;
  return segments.flatMap((segment) => {
    const end = Math.min(segment.end_line, hashes.length);
    const runs: { start_line: number; end_line: number }[] = [];
    for (let line = Math.max(1, segment.start_line); line <= end; line++) {
      if (!fits(line)) continue;
      const last = runs.at(-1);
      if (last?.end_line === line - 1) last.end_line = line;
      else runs.push({ start_line: line, end_line: line });
    }
    return runs.map((run) => ({ ...segment, ...run }));
  });
}
