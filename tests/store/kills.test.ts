import { expect, test } from "bun:test";
import { appendFileSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { appendLines } from "../../src/store/files/append.ts";
import { openExchange } from "../../src/store/exchange/open-exchange.ts";
import { readRecords } from "../../src/store/files/read-lines.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { projectScene, trace } from "./scene.ts";
import { seeded } from "../support/random.ts";

const puller = join(import.meta.dir, "puller.ts");
const appender = join(import.meta.dir, "files/appender.ts");

/** Starts an appender and kills it once it has acknowledged so many records; gives what it acknowledged. */
async function appendUntilKilled(
  path: string,
  options: { name: string; manner?: string; acknowledgements: number },
): Promise<string[]> {
  const { name, manner = "locked", acknowledgements } = options;
  const child = Bun.spawn([process.execPath, appender, path, name, manner], {
    stdout: "pipe",
    stderr: "inherit",
  });
  let said = "";
  const decoder = new TextDecoder();
  for await (const chunk of child.stdout) {
    said += decoder.decode(chunk, { stream: true });
    if (said.split("\n").length > acknowledgements) child.kill("SIGKILL");
  }
  await child.exited;
  return said.split("\n").slice(0, -1);
}

function readIds(path: string): { ids: string[]; unreadable: number } {
  let unreadable = 0;
  const ids: string[] = [];
  for (const { value } of readRecords(path, { onUnreadable: () => unreadable++ })) {
    ids.push((value as { id: string }).id);
  }
  return { ids, unreadable };
}

/** Whether every acknowledged record can be read, once. */
function lost(acknowledged: readonly string[], ids: readonly string[]): string[] {
  const times = Map.groupBy(ids, (id) => id);
  return acknowledged.filter((id) => times.get(id)?.length !== 1);
}

test("no acknowledged record is lost however often appenders are killed beside each other", async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "traces.jsonl");
  const random = seeded(20_261);
  const acknowledged: string[] = [];
  let kills = 0;
  for (let round = 0; round < 6; round++) {
    const runs = Array.from({ length: 4 }, (_, index) =>
      appendUntilKilled(path, {
        name: `r${round}w${index}`,
        acknowledgements: 1 + random.below(12),
      }),
    );
    for (const run of await Promise.all(runs)) acknowledged.push(...run);
    kills += runs.length;
  }
  const { ids, unreadable } = readIds(path);
  expect(lost(acknowledged, ids)).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
  expect(unreadable).toBeLessThanOrEqual(kills);
  expect(acknowledged.length).toBeGreaterThan(24);
  expect(readFileSync(path).includes("\n\n")).toBe(false);
}, 60_000);

test("half a line costs nobody's record; appended the plain way it costs the next one", () => {
  using directory = temporaryDirectory();
  const record = (id: string): string => JSON.stringify({ id });
  const [ours, control] = [join(directory.path, "ours"), join(directory.path, "control")];
  const acknowledged: string[] = [];
  for (let cut = 0; cut < record("torn").length; cut++) {
    const id = `after-${cut}`;
    acknowledged.push(id);
    for (const path of [ours, control]) appendFileSync(path, record("torn").slice(0, cut));
    appendLines(ours, [record(id)]);
    appendFileSync(control, `${record(id)}\n`);
  }
  expect(lost(acknowledged, readIds(ours).ids)).toEqual([]);
  expect(lost(acknowledged, readIds(control).ids)).toHaveLength(acknowledged.length - 1);
});

test("pulls that are killed, beside hooks that append, lose and double nothing", async () => {
  using scene = projectScene();
  const { project, home } = scene;
  const random = seeded(7);
  const pages = 60;
  const pull = async (killAfter: number): Promise<string> => {
    const child = Bun.spawn([process.execPath, puller, home, String(pages)], {
      stdout: "pipe",
      stderr: "pipe",
    });
    let said = "";
    for await (const chunk of child.stdout) {
      said += new TextDecoder().decode(chunk);
      if (said.split("\n").length > killAfter) child.kill("SIGKILL");
    }
    await child.exited;
    expect(await child.stderr.text()).toBe("");
    return said;
  };
  let kills = 0;
  const hooked: string[] = [];
  for (let round = 0; round < 12; round++) {
    const running = pull(1 + random.below(12));
    hooked.push(`hook-${round}`);
    appendLines(project.traces, [JSON.stringify(trace(`hook-${round}`))]);
    if (!(await running).includes("done")) kills++;
  }
  expect(kills).toBeGreaterThan(6);
  expect(await pull(Number.MAX_SAFE_INTEGER)).toEndWith("done\n");
  const { ids } = readIds(project.traces);
  const expected = Array.from(
    { length: pages * 20 },
    (_, at) => `p${Math.floor(at / 20)}r${at % 20}`,
  );
  expect(ids.toSorted()).toEqual([...expected, ...hooked].toSorted());
  using store = openExchange(project, {
    remote: "origin",
    looksOnly: true,
    warn: () => {},
    now: () => new Date(),
  });
  const lacking = store.rows.candidates("traces", "unsent").map(({ key }) => key);
  expect(lacking).toEqual(hooked);
}, 60_000);

const limited = (script: string, path: string): { exitCode: number; said: string } => {
  const source = `
    import { appendLines } from ${JSON.stringify(join(import.meta.dir, "../../src/store/files/append.ts"))};
    import { replaceFile } from ${JSON.stringify(join(import.meta.dir, "../../src/store/files/replace.ts"))};
    process.on("SIGXFSZ", () => {});
    const path = ${JSON.stringify(path)};
    try { ${script} } catch (error) { console.log(error.code, error.message); process.exitCode = 1; }
  `;
  const { exitCode, stdout } = Bun.spawnSync(
    ["sh", "-c", 'ulimit -f 64; exec "$0" -e "$1"', process.execPath, source],
    { stderr: "inherit" },
  );
  return { exitCode, said: stdout.toString() };
};

test.skipIf(process.platform === "win32")(
  "a disk that is full in the middle of an append leaves the file as it was, and says so",
  () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "traces.jsonl");
    appendLines(path, ['{"id":"1"}']);
    const before = readFileSync(path, "utf8");
    const { exitCode, said } = limited("appendLines(path, ['x'.repeat(500_000)]);", path);
    expect(exitCode).toBe(1);
    expect(said).toStartWith("disk_full");
    expect(readFileSync(path, "utf8")).toBe(before);
    appendLines(path, ['{"id":"2"}']);
    expect(readIds(path)).toEqual({ ids: ["1", "2"], unreadable: 0 });
  },
);

test.skipIf(process.platform === "win32")(
  "a disk that is full while a file is replaced leaves the old one and nothing beside it",
  () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "config.json");
    appendFileSync(path, "{}");
    const { exitCode, said } = limited("replaceFile(path, 'x'.repeat(500_000));", path);
    expect(exitCode).toBe(1);
    expect(said).toStartWith("disk_full");
    expect(readFileSync(path, "utf8")).toBe("{}");
    expect(statSync(`${path}.tmp`, { throwIfNoEntry: false })).toBeUndefined();
  },
);
