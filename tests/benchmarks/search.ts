/** `search` over a gibibyte of transcripts, and what it costs to index them. */
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { conversationIdOf } from "../../src/schema/digest.ts";
import { transcriptsDirectory } from "../support/transcripts.ts";
import { measureInTurn } from "./measure.ts";
import { type Figure, mib, ms, ratio } from "./report.ts";
import { type Scene, binary, makeScene } from "./scene.ts";

const gibibyte = 1024 ** 3;
const reader = join(import.meta.dir, "floor/read-turns.ts");
const newest = "2026-03-01T12:00:00.000Z";

/** Real sessions over and over, each copy with times of its own, until a gibibyte is full. */
function writeTranscripts({ projectDirectory }: Scene): void {
  const directory = transcriptsDirectory();
  if (directory === undefined) throw new Error("there are no transcripts beside the repository");
  const live = join(projectDirectory, "conversations/live");
  mkdirSync(live, { recursive: true });
  const sessions = readdirSync(directory)
    .filter((name) => name.endsWith(".jsonl"))
    .map((name) => readFileSync(join(directory, name), "utf8"));
  let written = 0;
  for (let copy = 0; written < gibibyte; copy++) {
    for (const [at, session] of sessions.entries()) {
      const day = new Date(Date.UTC(2025, 0, 1) + (copy % 400) * 86_400_000).toISOString();
      const text = session.replaceAll(
        /"timestamp":"20\d\d-\d\d-\d\d/g,
        `"timestamp":"${day.slice(0, 10)}`,
      );
      const source = `/sessions/${at}-${copy}.jsonl`;
      const id = conversationIdOf(source);
      writeFileSync(join(live, id), text);
      const described = { source, inode: 1, agent: "claude-code", time: newest };
      writeFileSync(join(live, `${id}.json`), JSON.stringify(described));
      written += text.length;
    }
  }
}

export async function measureSearch(directory: string): Promise<Figure[]> {
  const scene = makeScene(directory);
  writeTranscripts(scene);
  const { env, repository: cwd, projectDirectory } = scene;
  const live = join(projectDirectory, "conversations/live");
  const database = join(projectDirectory, "search.db");
  const forget = (): void => {
    for (const end of ["", "-wal", "-shm"]) rmSync(`${database}${end}`, { force: true });
  };
  const program = (...words: string[]) => ({ command: [binary, ...words], cwd, env });
  const [read, index] = measureInTurn(
    [
      { command: [process.execPath, reader, live], cwd, env },
      { ...program("search", "zzyzx"), before: forget },
    ],
    2,
  );
  const asked = [
    ["zzyzx"],
    ["the"],
    ["the tests"],
    ["tests", "--since", "2025-06-01"],
    ["a*", "file"],
  ];
  const times = measureInTurn(
    [program("version"), ...asked.map((words) => program("search", ...words))],
    10,
  );
  const [start, ...searches] = times;
  const slowest = Math.max(...searches.map(({ p95 }) => p95));
  return [
    {
      name: "indexing 1 GiB of transcripts, nothing indexed before",
      measured: ms(index?.p50 ?? Number.NaN),
      floor: `${ms(read?.p50 ?? Number.NaN)} reading what was said`,
      goal: "≤ 2 × reading",
      met: (index?.p50 ?? Infinity) <= 2 * (read?.p50 ?? 0),
    },
    {
      name: "search over 1 GiB, the slowest of five questions (p95)",
      measured: ms(slowest),
      floor: `${ms(start?.p50 ?? Number.NaN)} starting`,
      goal: "≤ 100 ms",
      met: slowest <= 100,
    },
    {
      name: "search.db",
      measured: mib(statSync(database).size),
      floor: ratio(statSync(database).size, gibibyte),
    },
  ];
}
