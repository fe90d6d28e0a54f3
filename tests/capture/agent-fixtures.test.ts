import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020";
import { agents } from "../../src/capture/agents.ts";
import { recognise } from "../../src/capture/recognise.ts";
import type { Trace } from "../../src/schema/trace.ts";
import { agentSession } from "../support/agent-session.ts";
import { seeded } from "../support/random.ts";

/** A payload as the agent's documentation has it, and the lines that its trace names. */
interface Fixture {
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly trace?: Readonly<Record<string, readonly (readonly [number, number])[]>>;
}

const directory = join(import.meta.dir, "../fixtures");
const formats = join(import.meta.dir, "../../docs/formats");
const names = readdirSync(directory).filter((name) =>
  existsSync(join(directory, name, "events.json")),
);
const readFixtures = (file: string): Fixture[] =>
  JSON.parse(readFileSync(file, "utf8")) as Fixture[];
const fixtures: readonly (readonly [string, Fixture[]])[] = [
  ...names.map((name) => [name, readFixtures(join(directory, name, "events.json"))] as const),
  ["generic", readFixtures(join(formats, "agent-event.vectors.json"))],
];

const before = { "a.ts": "one\ntwo\nthree\n" };
const after: Readonly<Record<string, string>> = {
  "a.ts": "one\n2\nzwei\nthree\n",
  "b.ts": "x\ny\n",
};

test("every agent that is known has its fixtures", () => {
  const known = agents.map(({ name }) => name).filter((name) => name !== "claude-code");
  expect(names.toSorted()).toEqual(known.toSorted());
});

describe.each(fixtures)("the documented events of %s", (agent, events) => {
  test("are recognised as its own, each by its name", async () => {
    for (const { name, payload } of events) {
      const found = await recognise(JSON.stringify(payload));
      const told = found.kind === "event" ? found.event.agent.name : found.kind;
      const expected = agent === "generic" ? "my-agent" : agent;
      expect([name, told === "ignored" ? expected : told]).toEqual([name, expected]);
    }
  });

  test("become the trace of what they edited, and no other", async () => {
    using session = await agentSession();
    session.repo.commit("base", before);
    const [store = ""] = new Bun.Glob(".agent-trace/projects/*").scanSync({
      cwd: session.home,
      dot: true,
      onlyFiles: false,
    });
    for (const { name, payload, trace } of events) {
      // As if nothing had happened before.
      for (const part of ["pending", "traces.jsonl"]) {
        rmSync(join(session.home, store, part), { recursive: true, force: true });
      }
      session.repo.run(["checkout", "--quiet", "."]);
      rmSync(join(session.repo.path, "b.ts"), { force: true });
      for (const path of Object.keys(trace ?? {})) session.repo.write(path, after[path] ?? "");
      const stdin = JSON.stringify(payload).replaceAll("/repo", session.repo.path);
      const outcome = await session.run(["record", "--strict"], { stdin });
      expect([name, outcome]).toEqual([name, { exitCode: 0, stdout: "", stderr: "" }]);
      expect([name, tracedLines(session.home)]).toEqual([name, trace]);
    }
  });
});

function tracedLines(home: string): Fixture["trace"] {
  const [path] = new Bun.Glob(".agent-trace/projects/*/traces.jsonl").scanSync({
    cwd: home,
    dot: true,
  });
  if (path === undefined) return undefined;
  const text = readFileSync(join(home, path), "utf8").trim();
  const traces = text.split("\n").map((line) => JSON.parse(line) as Trace);
  expect(JSON.stringify(traces)).not.toContain("me@example.com");
  return Object.fromEntries(
    traces.flatMap(({ files }) =>
      files.map((file) => [
        file.path,
        file.conversations.flatMap(({ ranges }) =>
          ranges.map(({ start_line, end_line }) => [start_line, end_line] as const),
        ),
      ]),
    ),
  );
}

describe("payloads that are not as documented", () => {
  const all = fixtures.flatMap(([agent, events]) =>
    events.map(({ payload }) => [agent, payload] as const),
  );

  test("end in no exception, whatever a field holds", async () => {
    const odd: readonly unknown[] = [
      null,
      0,
      "",
      "{",
      "*** Begin Patch",
      [],
      [null],
      {},
      [{ a: 1 }],
    ];
    for (const [, payload] of all) {
      for (const [key, value] of Object.entries(payload)) {
        for (const wrong of odd) {
          expect((await recognise(JSON.stringify({ ...payload, [key]: wrong }))).kind).toBeString();
          if (typeof value !== "object" || value === null || Array.isArray(value)) continue;
          for (const inner of Object.keys(value)) {
            const changed = { ...payload, [key]: { ...value, [inner]: wrong } };
            expect((await recognise(JSON.stringify(changed))).kind).toBeString();
          }
        }
      }
    }
  });

  test("are garbage that ends with 0 and a line in the journal", async () => {
    using session = await agentSession();
    const random = seeded(5);
    for (let round = 0; round < 60; round++) {
      const text = JSON.stringify(random.pick(all)[1]);
      const cut = text.slice(0, random.below(text.length));
      const stdin = random.chance(0.5)
        ? cut
        : `${cut}${String.fromCharCode(random.below(300))}${text.slice(cut.length + 1)}`;
      expect(await session.run(["record"], { stdin })).toEqual({
        exitCode: 0,
        stdout: "",
        stderr: "",
      });
    }
  });

  test("hold raw control characters in their strings, as Windsurf's do", async () => {
    const raw =
      '{"agent_action_name":"post_write_code","trajectory_id":"j","tool_info":{"file_path":"/r/a","edits":[{"old_string":"a\tb\n","new_string":"c\n\u0001"}]}}';
    const found = await recognise(raw);
    expect(found.kind === "event" && found.event.edits[0]?.replacements).toEqual([
      { oldText: "a\tb\n", newText: "c\n\u0001", replaceAll: false },
    ]);
  });
});

test("one edit that Cursor tells by both of its families is one trace", async () => {
  using session = await agentSession();
  session.repo.commit("base", before);
  session.repo.write("a.ts", after["a.ts"] ?? "");
  const [, events] = fixtures.find(([agent]) => agent === "cursor") ?? ["", []];
  for (const name of ["an edit", "a tool's arguments as JSON text", "an edit"]) {
    const { payload } = events.find((event) => event.name === name) as Fixture;
    const stdin = JSON.stringify(payload).replaceAll("/repo", session.repo.path);
    expect((await session.run(["record", "--strict"], { stdin })).exitCode).toBe(0);
  }
  const [path = ""] = new Bun.Glob(".agent-trace/projects/*/traces.jsonl").scanSync({
    cwd: session.home,
    dot: true,
  });
  expect(readFileSync(join(session.home, path), "utf8").trim().split("\n").length).toBe(1);
});

test("the generic payload's vectors keep to its schema, and a payload that does not is refused by it", () => {
  const schema = JSON.parse(readFileSync(join(formats, "agent-event.schema.json"), "utf8"));
  const isSound = new Ajv2020({ strict: false }).compile(schema);
  for (const { name, payload } of fixtures.at(-1)?.[1] ?? []) {
    expect([name, isSound(payload)]).toEqual([name, name !== "half an edit"]);
  }
  expect(isSound({ agent_trace_event: 2, agent: { name: "x" }, event: "prompt" })).toBe(false);
  expect(isSound({ agent_trace_event: 1, agent: { name: "../x" }, event: "prompt" })).toBe(false);
});

test("Codex' `notify` is heard behind the agent's name, as older tools had it put", async () => {
  using session = await agentSession();
  const payload = {
    type: "agent-turn-complete",
    "thread-id": "t",
    "turn-id": "u",
    cwd: session.repo.path,
  };
  for (const argv of [["codex", JSON.stringify(payload)], [JSON.stringify(payload)]]) {
    expect(await session.run(["record", "--strict", ...argv])).toEqual({
      exitCode: 0,
      stdout: "",
      stderr: "",
    });
  }
});
