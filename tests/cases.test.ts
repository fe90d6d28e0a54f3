import { afterAll, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { compiledProgram } from "./support/program.ts";

/** Scenes of daily work, each a script that plays an agent, git and a person, and says whether blame is right. */
const folder = resolve(import.meta.dir, "../../shared/cases");
const scripts = existsSync(folder)
  ? readdirSync(folder).filter((name) => /^f.*\.sh$/.test(name))
  : [];
if (scripts.length === 0) console.log(`cases of daily work skipped: no ${folder}`);

const atOnce = 2;
const patience = 120_000;
const running = new Map<string, Bun.Subprocess>();

/** Two at a time, however many are waited for: each is a git repository at work. */
const lanes: Promise<unknown>[] = Array.from({ length: atOnce }, () => Promise.resolve());
let turn = 0;

function play(script: string): Promise<{ exitCode: number; told: string }> {
  const lane = turn++ % atOnce;
  const result = (lanes[lane] ?? Promise.resolve()).then(async () => {
    const child = Bun.spawn(["sh", resolve(folder, script)], {
      env: { ...process.env, AT: compiledProgram() },
      stdout: "pipe",
      stderr: "ignore",
    });
    running.set(script, child);
    const told = await child.stdout.text();
    running.delete(script);
    return { exitCode: await child.exited, told };
  });
  lanes[lane] = result.catch(() => {});
  return result;
}

const plays = new Map<string, ReturnType<typeof play>>();

for (const script of scripts) {
  test(
    `blame is right in ${script}`,
    async () => {
      if (plays.size === 0) for (const name of scripts) plays.set(name, play(name));
      const { exitCode, told } = (await plays.get(script)) ?? { exitCode: 1, told: "" };
      const wrong = told.split("\n").filter((line) => line.startsWith("WRONG"));
      expect({ exitCode, wrong }).toEqual({ exitCode: 0, wrong: [] });
    },
    patience,
  );
}

afterAll(() => {
  for (const child of running.values()) child.kill();
});
