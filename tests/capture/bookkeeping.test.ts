import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Glob } from "bun";
import { withoutBookkeeping } from "../../src/capture/bookkeeping.ts";
import { parseConversation } from "../../src/capture/read-conversation.ts";
import { parseTurns } from "../../src/capture/read-turns.ts";
import { createPolicy } from "../../src/redaction/policy.ts";
import { createRedactor, readRedactorState } from "../../src/redaction/redactor.ts";
import type { Rewrite } from "../../src/store/transcripts/rewrite.ts";
import { leavingOutBookkeeping } from "../../src/workflows/exchange/leave-out-bookkeeping.ts";
import { capturedDirectory } from "../support/captured-sessions.ts";
import { seeded } from "../support/random.ts";

const directory = capturedDirectory();
const captured = directory === undefined ? [] : transcriptsIn(directory);

function transcriptsIn(root: string): [string, Buffer][] {
  const glob = new Glob("**/{transcript,rollouts,session}/**/*.jsonl");
  return [...glob.scanSync(root)].sort().map((path) => [path, readFileSync(join(root, path))]);
}

const policy = createPolicy();
const masking: Rewrite = {
  id: "m",
  begin: (state) => createRedactor(policy, { after: readRedactorState(state) }),
};

function whole(rewrite: Rewrite, bytes: Uint8Array): Buffer {
  const rewriting = rewrite.begin();
  return Buffer.concat([rewriting.write(bytes), rewriting.end()]);
}

const ways: [string, Rewrite][] = [
  ["masking, too", leavingOutBookkeeping(masking)],
  ["without masking", leavingOutBookkeeping(undefined)],
];

describe.skipIf(captured.length === 0)("real transcripts without bookkeeping", () => {
  const [bare] = [leavingOutBookkeeping(undefined)];

  test("say the same, in turns, tool calls and tokens", () => {
    const [before, after] = [0, 0].map((_, side) =>
      captured.reduce(
        (sum, [, bytes]) => sum + (side === 0 ? bytes : whole(bare, bytes)).length,
        0,
      ),
    );
    expect(after ?? 0).toBeLessThan((before ?? 0) * 0.6);
    for (const [name, bytes] of captured) {
      const left = whole(bare, bytes).toString("utf8");
      expect([name, parseTurns(left)]).toEqual([name, parseTurns(bytes.toString("utf8"))]);
      const full = parseConversation(bytes.toString("utf8"));
      expect([name, parseConversation(left)]).toEqual([name, full]);
    }
  });

  test.each(ways)(
    "begin, %s, with what they were before they grew, however they are cut",
    (_, rewrite) => {
      const random = seeded(7);
      for (const [name, bytes] of captured.slice(0, 8)) {
        const all = whole(rewrite, bytes);
        const ends = [...bytes.entries()].flatMap(([at, byte]) => (byte === 0x0a ? at + 1 : []));
        for (let round = 0; round < 4; round++) {
          const cut = random.pick(ends);
          const first = rewrite.begin();
          const parts: Uint8Array[] = [];
          for (let at = 0; at < cut;) {
            const size = 1 + Math.floor(random.next() * 5000);
            parts.push(Buffer.from(first.write(bytes.subarray(at, Math.min(cut, at + size)))));
            at += size;
          }
          const given = Buffer.concat(parts);
          expect([name, all.subarray(0, given.length).equals(given)]).toEqual([name, true]);
          // It goes on from what was kept as JSON.
          const { state } = first;
          expect([state.read, state.given]).toEqual([cut, given.length]);
          const second = rewrite.begin(JSON.parse(JSON.stringify(state)));
          const rest = Buffer.concat([second.write(bytes.subarray(cut)), second.end()]);
          expect([name, Buffer.concat([given, rest]).equals(all)]).toEqual([name, true]);
        }
      }
    },
  );
});

const left = (row: unknown): unknown => {
  const line = Buffer.from(typeof row === "string" ? row : JSON.stringify(row));
  const found = withoutBookkeeping(line);
  return found === undefined ? undefined : Buffer.from(found).toString("utf8");
};

test.each([
  { type: "api-request-blob", message: { role: "user", content: "nobody said it" } },
  { type: "attachment", attachment: { type: "prompt_snapshot", prompt: "x" } },
  { type: "response_item", payload: { type: "message", role: "developer", content: [] } },
  { type: "response_item", payload: { type: "additional_tools", tools: [] } },
  { type: "system.message", data: { content: "x" } },
])("a row that nobody said goes: %p", (row) => {
  expect(left(row)).toBeUndefined();
});

test.each([
  {
    type: "user",
    message: { role: "user", content: "what is an api-request-blob? a prompt_snapshot?" },
  },
  { type: "attachment", attachment: { type: "queued_command", prompt: "prompt_snapshot" } },
  { type: "session_meta", payload: { id: "s" } },
  '{"type":"api-request-blob", torn',
  '[{"type":"api-request"}]',
  "environment",
])("what was said, and what is not understood, stays: %p", (row) => {
  expect(left(row)).toBe(typeof row === "string" ? row : JSON.stringify(row));
});

test("of a row with more in it the rest stays", () => {
  const row = {
    type: "session_meta",
    payload: { id: "s", base_instructions: { text: "x" }, cwd: "/p" },
  };
  expect(left(row)).toBe('{"type":"session_meta","payload":{"id":"s","cwd":"/p"}}');
});

test("a state that nobody understands is none", () => {
  const rewriting = leavingOutBookkeeping(masking).begin({
    read: 100,
    given: 50,
    inner: { given: 7 },
  });
  expect(rewriting.state).toMatchObject({ read: 0, given: 0 });
});
