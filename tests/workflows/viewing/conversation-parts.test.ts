import { expect, test } from "bun:test";
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createPolicy } from "../../../src/redaction/policy.ts";
import type { KeptTranscript } from "../../../src/store/transcripts/transcript.ts";
import type { ConversationPart, TurnView } from "../../../src/viewer/views.ts";
import { readPart } from "../../../src/workflows/viewing/conversation-part.ts";
import {
  type ConversationProgress,
  readInPieces,
} from "../../../src/workflows/viewing/conversation-progress.ts";
import { readTranscript } from "../../../src/workflows/viewing/read-transcript.ts";
import { temporaryDirectory } from "../../support/directories.ts";
import { agent, person, text } from "../../support/viewer-scene.ts";

const policy = createPolicy({
  secrets: [{ value: "hunter2hunter2", rule: "own-secret" }],
  allow: { hashes: [] },
});
const nothing = { reading: "", turns: 0, changes: 0 };
const line = (record: object): string => `${JSON.stringify(record)}\n`;

/** Prompts, answers and calls, as long as a day's work. */
function longTranscript(turns: number): string {
  return Array.from({ length: turns }, (_, at) =>
    [
      person(`Step ${at}: the password is hunter2hunter2`),
      agent(text("Some words on it. ".repeat(60)), {
        type: "tool_use",
        id: `t${at}`,
        name: "Edit",
        input: {
          file_path: "/a.ts",
          old_string: "one\n".repeat(200),
          new_string: "two\n".repeat(200),
        },
      }),
      {
        type: "user",
        message: {
          content: [{ type: "tool_result", tool_use_id: `t${at}`, content: "ok ".repeat(300) }],
        },
      },
    ]
      .map(line)
      .join(""),
  ).join("");
}

function open(path: string, from: KeptTranscript["from"] = "live copy") {
  const bytes = Bun.file(path).size;
  const transcript = { id: "c" as never, path, bytes, modified: 0, from };
  const reading = readTranscript(transcript, policy);
  return { reading, transcript, progress: readInPieces(reading.next, reading) };
}

/** As a page asks: part after part, to the end. */
async function all(
  progress: ConversationProgress,
): Promise<{ turns: TurnView[]; parts: ConversationPart[] }> {
  const turns: TurnView[] = [];
  const parts: ConversationPart[] = [];
  let part = await readPart(progress, nothing);
  for (;;) {
    parts.push(part);
    turns.push(...part.turns);
    for (const { at, turn } of part.changed) turns[at] = turn;
    if (part.isWhole) return { turns, parts };
    part = await readPart(progress, { ...part, turns: turns.length });
  }
}

test("the first part of a long conversation costs what a screen costs, and the parts make the whole", async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "transcript.jsonl");
  writeFileSync(path, longTranscript(900));
  const { transcript, progress } = open(path);
  expect(transcript.bytes).toBeGreaterThan(3_900_000);
  const first = await readPart(progress, nothing);
  console.log(`first part: ${first.read} of ${transcript.bytes} bytes read and masked`);
  expect(first.turns.length).toBeGreaterThan(19);
  expect([first.isWhole, first.read <= 320 * 1024]).toEqual([false, true]);
  const { turns, parts } = await all(open(path).progress);
  expect(turns).toHaveLength(1800);
  // Masks make it a little longer.
  expect(parts.at(-1)?.read).toBeGreaterThanOrEqual(transcript.bytes);
  // A piece holds up others as long as it takes to mask it.
  expect(Math.max(...parts.map(({ turns: own }) => own.length))).toBeLessThan(700);
  const whole = open(path);
  await whole.progress.reach({ turns: Infinity, bytes: Infinity });
  const at = { ...nothing, reading: whole.progress.name };
  expect((await readPart(whole.progress, at)).turns).toEqual(turns);
  expect(JSON.stringify(turns)).not.toContain("hunter2hunter2");
});

test("a conversation that grows is read on from where it was, and one that was written anew is read anew", async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "transcript.jsonl");
  writeFileSync(path, longTranscript(2));
  const { reading, transcript, progress } = open(path);
  const first = await readPart(progress, nothing);
  expect([first.turns.length, first.isWhole]).toEqual([4, true]);
  appendFileSync(path, line(agent(text("and more"))) + line(person("Thanks")));
  const grown = { ...transcript, bytes: Bun.file(path).size };
  expect(reading.goesOn(grown, policy)).toBe(true);
  const next = await readPart(progress, { ...first, turns: 4 });
  expect([next.from, next.turns.length, next.changed.map(({ at }) => at)]).toEqual([4, 1, [3]]);
  expect(next.changed[0]?.turn.parts.at(-1)).toEqual({ kind: "text", text: "and more" });
  // Another policy masks otherwise.
  expect(reading.goesOn(grown, createPolicy({ secrets: [], allow: { hashes: [] } }))).toBe(false);
  writeFileSync(path, longTranscript(3).replaceAll("Step", "Stop"));
  expect(reading.goesOn({ ...grown, bytes: Bun.file(path).size }, policy)).toBe(false);
});

test("half a line at the end is shown, and what comes behind it is read anew", async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "transcript.jsonl");
  writeFileSync(path, longTranscript(1).trimEnd());
  appendFileSync(path, `\n${line(person("no break yet")).trimEnd()}`);
  const { reading, transcript, progress } = open(path);
  expect((await all(progress)).turns.at(-1)?.parts).toEqual([
    { kind: "text", text: "no break yet" },
  ]);
  expect(reading.goesOn(transcript, policy)).toBe(true);
  expect(reading.goesOn({ ...transcript, bytes: transcript.bytes + 1 }, policy)).toBe(false);
});

test("a page that has turns of another reading is given all anew", async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "transcript.jsonl");
  writeFileSync(path, longTranscript(2));
  const part = await readPart(open(path).progress, { reading: "of old", turns: 3, changes: 1 });
  expect([part.from, part.turns.length]).toEqual([0, 4]);
});
