import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** As many edits as a session of some hours makes. */
const editsOfConversation = 100;

/**
 * A trace of ten lines, as large as real ones are; `seed` makes ids and hashes differ between stores. Neighbours share
 * a conversation, as the edits of a session do.
 */
export function traceLine(seed: string, number: number): string {
  const hex = new Bun.CryptoHasher("sha256").update(`${seed}:${number}`).digest("hex");
  const hash = (line: number): string => `sha256:${hex.slice(line)}${hex.slice(0, line)}`;
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  const at = new Date(1_760_000_000_000 + number * 1000).toISOString();
  return JSON.stringify({
    version: "2.0",
    id,
    timestamp: at.replace("Z", "000+00:00"),
    tool: { name: "claude-code", version: "2.1.3" },
    files: [
      {
        path: `src/module-${number % 500}.ts`,
        conversations: [
          {
            contributor: { type: "ai", model_id: "anthropic/claude-sonnet-4-5" },
            ranges: [
              {
                start_line: 1,
                end_line: 10,
                content_hash: hash(0),
                line_hashes: Array.from({ length: 10 }, (_, line) => ({
                  line_offset: line,
                  hash: hash(line),
                })),
              },
            ],
            id: conversationOf(seed, number),
          },
        ],
      },
    ],
    vcs: { type: "git", revision: hex.slice(0, 40) },
    metadata: {
      session_id: hex.slice(0, 36),
      tool_name: "Edit",
      tool_use_id: `toolu_${hex.slice(0, 24)}`,
    },
  });
}

function conversationOf(seed: string, number: number): string {
  const session = Math.floor(number / editsOfConversation);
  return new Bun.CryptoHasher("sha256").update(`${seed}:session:${session}`).digest("hex");
}

/** Appends that many traces to a store's file, as an earlier year of work would have left them. */
export function writeTraces(file: string, seed: string, count: number): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  for (let start = 0; start < count; start += 1000) {
    const lines: string[] = [];
    for (let number = start; number < Math.min(count, start + 1000); number++) {
      lines.push(traceLine(seed, number));
    }
    appendFileSync(file, `${lines.join("\n")}\n`, { mode: 0o600 });
  }
}

/** Ledgers that name the traces, a hundred to a ledger, so that a push does not hold them back. */
export function writeLedgers(file: string, seed: string, count: number): void {
  const idOf = (number: number): string => JSON.parse(traceLine(seed, number)).id;
  for (let start = 0; start < count; start += 100) {
    const ids = Array.from({ length: Math.min(100, count - start) }, (_, index) =>
      idOf(start + index),
    );
    const sha = new Bun.CryptoHasher("sha1").update(`${seed}:${start}`).digest("hex");
    const ledger = {
      version: "2.0",
      commit_sha: sha,
      parent_sha: null,
      committed_at: "2026-02-10T12:00:00Z",
      created_at: "2026-02-10T12:00:00Z",
      trace_ids: ids.toSorted(),
      files: {},
    };
    appendFileSync(file, `${JSON.stringify(ledger)}\n`, { mode: 0o600 });
  }
}
