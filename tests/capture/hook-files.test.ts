import { describe, expect, test } from "bun:test";
import type { HookFile } from "../../src/capture/agent-hooks.ts";
import { agents } from "../../src/capture/agents.ts";
import { type Random, seeded } from "../support/random.ts";

const world = { environment: {}, userHome: "/home/me" };
const command = 'at=\'/opt/agent "trace"/agent-trace\'; "$at" record';

const files: readonly (readonly [string, HookFile])[] = (
  await Promise.all(
    agents.map(async (agent) => {
      const hooks = await agent.loadHooks();
      const all = [...hooks.everywhere(world), ...hooks.local("/repo"), ...hooks.team("/repo")];
      return all.map((file) => [`${agent.title}: ${file.path}`, file] as const);
    }),
  )
).flat();

const json = files.filter(([, { path }]) => path.endsWith(".json"));
const whole = files.filter(([, { path }]) => !/\.(?:json|toml)$/.test(path));

/** Settings as people keep them: any layout, comments, trailing commas, hooks of others, empty lists. */
function oddSettings(random: Random, events: readonly string[]): string {
  const eol = random.chance(0.3) ? "\r\n" : "\n";
  const unit = random.pick(["  ", "\t", "    ", " "]);
  const isStrict = random.chance(0.4);
  const comment = (): string =>
    isStrict || random.chance(0.7) ? "" : random.pick([" /* mine, */ ", ` // it's "mine" {${eol}`]);
  const blank = (): string => (random.chance(0.15) ? random.pick([" ", eol, "  "]) : "");
  const layOut = (
    open: string,
    close: string,
    members: readonly string[],
    depth: number,
  ): string => {
    if (members.length === 0) return `${open}${blank()}${close}`;
    const trailing = !isStrict && random.chance(0.2) ? "," : "";
    if (random.chance(0.35)) {
      return `${open}${blank()}${members.join(`,${blank()}`)}${trailing}${blank()}${close}`;
    }
    const line = `${eol}${unit.repeat(depth + 1)}`;
    const rows = members.map((member) => `${line}${comment()}${member}`).join(",");
    return `${open}${rows}${trailing}${eol}${unit.repeat(depth)}${close}`;
  };
  const foreign = (depth: number): string =>
    random.chance(0.5)
      ? layOut("{", "}", [`"command":${blank()} "prettier --write"`], depth)
      : layOut(
          "{",
          "}",
          [
            '"matcher": "Write"',
            `"hooks": ${layOut("[", "]", ['{"type": "command", "command": "x"}'], depth + 1)}`,
          ],
          depth,
        );
  const lists = [...events, "Other"]
    .filter(() => random.chance(0.3))
    .map((event) => {
      const entries = Array.from({ length: random.below(3) }, () => foreign(3));
      return `"${event}":${blank()} ${layOut("[", "]", entries, 2)}`;
    });
  const members = [
    '"model": "opus"',
    '"env": {"A": "agent-trace record"}',
    '"list": [1,   2]',
  ].filter(() => random.chance(0.5));
  if (random.chance(0.6)) {
    const place = random.below(members.length + 1);
    members.splice(place, 0, `"hooks": ${layOut("{", "}", lists, 1)}`);
  }
  return `${comment()}${layOut("{", "}", members, 0)}${comment()}${random.pick(["", eol, eol + eol])}`;
}

describe("hooks in settings of any layout", () => {
  test.each(json)("%s come and go byte for byte", (_, file) => {
    const fresh = file.install(undefined, command);
    const events = [...file.read(fresh).calls.keys()];
    expect([events.length > 3, file.remove(fresh)]).toEqual([true, undefined]);
    for (let seed = 0; seed < 150; seed++) {
      const text = oddSettings(seeded(seed), events);
      const installed = file.install(text, command);
      const { calls, isComplete } = file.read(installed);
      expect([seed, isComplete, new Set(calls.values())]).toEqual([seed, true, new Set([command])]);
      expect(file.install(installed, command)).toBe(installed);
      const moved = file.install(installed, "agent-trace record");
      expect(file.remove(moved)).toBe(text);
      expect(file.remove(installed)).toBe(text);
      expect(file.remove(text)).toBe(text);
    }
  });

  test.each(whole)("%s is a file of our own, and nobody else's is touched", (_, file) => {
    const fresh = file.install(undefined, command);
    expect(file.read(fresh)).toEqual({ calls: expect.any(Map), isComplete: true });
    expect([...file.read(fresh).calls.values()]).toEqual([command]);
    expect(file.install(fresh, command)).toBe(fresh);
    expect(file.remove(fresh)).toBeUndefined();
    expect(file.read(file.install(fresh, "agent-trace record")).isComplete).toBe(true);
    const foreign = "#!/bin/sh\nexport default 1;\n";
    expect(() => file.install(foreign, command)).toThrow("a hook of somebody else stands there");
    expect([file.remove(foreign), file.read(foreign).calls.size]).toEqual([foreign, 0]);
    const older = fresh.replace("10_000", "5_000");
    expect(file.read(older).isComplete).toBe(older === fresh);
  });
});

describe("Codex' `notify`", () => {
  const [, file] = files.find(([, { path }]) => path.endsWith("config.toml")) ?? [];
  const notify = file as HookFile;

  test.each([
    ['notify = ["agent-trace","record","codex"]\n', "agent-trace record codex", ""],
    [
      'model = "o3" # mine\nnotify = [\n  "agent-trace", # ours\n  "record",\n]\n\n[features]\nhooks = true\n',
      "agent-trace record",
      'model = "o3" # mine\n\n[features]\nhooks = true\n',
    ],
    [
      "a = 1\r\nnotify = ['agent-trace', 'record']\r\nb = 2\r\n",
      "agent-trace record",
      "a = 1\r\nb = 2\r\n",
    ],
  ])("in %j is seen and taken out", (text, call, rest) => {
    expect([...notify.read(text).calls]).toEqual([["notify", call]]);
    expect([notify.install(text, command), notify.remove(text)]).toEqual([text, rest]);
  });

  test.each([
    "",
    'notify = ["say", "done"]\n',
    '[tui]\nnotify = ["agent-trace","record"]\n',
    '# notify = ["agent-trace","record"]\n',
  ])("in %j is somebody else's", (text) => {
    expect([notify.read(text).calls.size, notify.remove(text)]).toEqual([0, text]);
  });
});
