import { hashLine } from "../schema/digest.ts";
import type { PendingClaim } from "../schema/pending.ts";
import type { LineHash, Trace, TraceRange } from "../schema/trace.ts";
import { lineBytes, lineStarts } from "./lines.ts";
import type { LineRange } from "./pending-file.ts";

/** One file of an edit as the disk has it afterwards, and which of its lines the edit wrote. */
export interface TracedFile {
  readonly path: string;
  readonly content: Uint8Array;
  readonly ranges: readonly LineRange[];
}

/** The hash of one line of a file, 0-based. */
export function hashLineBytes(
  content: Uint8Array,
  line: number,
  starts: readonly number[],
): string {
  return hashLine(lineBytes(content, line, starts));
}

/** The record of one edit of one agent. */
export function buildTrace(
  claim: PendingClaim,
  files: readonly TracedFile[],
  facts: { revision: string | undefined; metadata: Readonly<Record<string, unknown>> },
): Trace {
  const { traceId, timestamp, modelId, conversationId, tool } = claim;
  return {
    version: "2.0",
    id: traceId,
    timestamp,
    ...(tool === undefined
      ? {}
      : {
          tool:
            tool.version === undefined
              ? { name: tool.name }
              : { name: tool.name, version: tool.version },
        }),
    files: files.map((file) => ({
      path: file.path,
      conversations: [
        {
          contributor: { type: "ai", ...(modelId === undefined ? {} : { model_id: modelId }) },
          ranges: traceRanges(file),
          ...(conversationId === undefined ? {} : { id: conversationId }),
        },
      ],
    })),
    ...(facts.revision === undefined ? {} : { vcs: { type: "git", revision: facts.revision } }),
    metadata: { ...facts.metadata },
  };
}

/**
 * Lines are told apart and hashed in the loop itself. A function that is called for each of thirty lines is compiled by
 * the runtime, which takes longer than the hashing.
 */
function traceRanges({ content, ranges }: TracedFile): TraceRange[] {
  const starts = lineStarts(content);
  return ranges.map(({ start, end }) => {
    const lines: LineHash[] = [];
    const whole = new Bun.CryptoHasher("sha256");
    for (let line = start; line <= end; line++) {
      const from = starts[line - 1] ?? content.length;
      let to = starts[line] ?? content.length;
      if (to > from && content[to - 1] === 0x0a) to--;
      if (to > from && content[to - 1] === 0x0d) to--;
      const bytes = content.subarray(from, to);
      const hash = Bun.SHA256.hash(bytes, "hex");
      lines.push({ line_offset: line - start, hash: `sha256:${hash}` });
      if (line > start) whole.update("\n");
      whole.update(bytes);
    }
    return {
      start_line: start,
      end_line: end,
      content_hash: `sha256:${whole.digest("hex")}`,
      line_hashes: lines,
    };
  });
}
