import { expect, test } from "bun:test";
import { appendFileSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { openJournal, readJournal } from "../../src/store/hook-journal.ts";
import { projectScene } from "./scene.ts";

const at = (minute: number): Date => new Date(Date.UTC(2026, 1, 10, 12, minute));

test("every event is counted with what became of it, also beside a line that a kill tore", () => {
  using scene = projectScene();
  mkdirSync(scene.home);
  const count = (minute: number) => openJournal(scene.home, { hook: "record", now: at(minute) });
  count(0)({ outcome: "recorded", agent: "claude-code", event: "PostToolUse" });
  count(1)({ outcome: "ignored", why: "no edit in it" });
  appendFileSync(join(scene.home, "hook-events.jsonl"), '\n["seen","ab');
  count(2)({ outcome: "ignored", why: "no edit in it" });
  count(3)({ outcome: "failed", why: "the payload is no JSON object" });
  count(4);
  count(9);
  expect(readJournal(scene.home, at(9))).toEqual({
    since: at(0).toISOString(),
    seen: 6,
    recorded: 1,
    ignored: 2,
    failed: 1,
    cutOff: 1,
    reasons: {
      recorded: 1,
      "ignored: no edit in it": 2,
      "failed: the payload is no JSON object": 1,
    },
  });
});

test("nothing is counted where nothing was ever set up", () => {
  using scene = projectScene();
  openJournal(scene.home, { hook: "record", now: at(0) })({ outcome: "recorded" });
  expect(readJournal(scene.home, at(9))).toMatchObject({ since: undefined, seen: 0 });
});

test("the journal stays small, and no event is lost or counted twice when it is summed up", () => {
  using scene = projectScene();
  mkdirSync(scene.home);
  const why = "x".repeat(20_000);
  const open = Array.from({ length: 3 }, () =>
    openJournal(scene.home, { hook: "record", now: at(0) }),
  );
  for (let event = 0; event < 250; event++) {
    openJournal(scene.home, { hook: "record", now: at(1) })({ outcome: "ignored", why });
    // A hook that began before the file was set aside ends after it.
    if (event === 60) open[0]?.({ outcome: "recorded" });
  }
  const { seen, recorded, ignored, cutOff } = readJournal(scene.home, at(9));
  expect({ seen, recorded, ignored, cutOff }).toEqual({
    seen: 253,
    recorded: 1,
    ignored: 250,
    cutOff: 2,
  });
  const sizes = readdirSync(scene.home).map((name) => statSync(join(scene.home, name)).size);
  expect(Math.max(...sizes)).toBeLessThan(1_200_000);
});
