/** What the hooks and `blame` cost, with nothing and with a hundred thousand traces in the store. */
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Run, type Timed, compile, measureInTurn } from "./measure.ts";
import { traceLine, writeTraces } from "./records.ts";
import { type Figure, ms, ratio } from "./report.ts";
import { type Scene, binary, makeScene, run } from "./scene.ts";

const history = 100_000;
const lines = (name: string, count: number): string =>
  Array.from({ length: count }, (_, line) => `export const ${name}${line} = ${line};\n`).join("");

function payload(scene: Scene, path: string, content: string, transcript: string): string {
  return JSON.stringify({
    session_id: "benchmark",
    transcript_path: transcript,
    cwd: scene.repository,
    hook_event_name: "PostToolUse",
    tool_name: "Write",
    tool_use_id: `toolu_${Bun.hash(path + content).toString(16)}`,
    tool_input: { file_path: path, content },
    tool_response: {
      type: "create",
      filePath: path,
      content,
      structuredPatch: [],
      originalFile: null,
    },
  });
}

/** Where the agent keeps its transcripts: one that stands elsewhere would not be copied. */
function transcriptOf(scene: Scene): string {
  const directory = join(scene.home, ".claude/projects/benchmark");
  mkdirSync(directory, { recursive: true });
  return join(directory, "session.jsonl");
}

/** Records a file as an agent would: the file is on disk, then the hook is told. */
function record(scene: Scene, name: string, content: string, transcript: string): void {
  const path = join(scene.repository, name);
  writeFileSync(path, content);
  run([binary, "record"], {
    ...scene,
    cwd: scene.repository,
    stdin: payload(scene, path, content, transcript),
  });
}

function recordRun(scene: Scene): Run {
  const transcript = transcriptOf(scene);
  const path = join(scene.repository, "recorded.ts");
  let stdin = "";
  return {
    command: [binary, "record"],
    cwd: scene.repository,
    env: scene.env,
    before(round) {
      const message = { model: "claude-sonnet-4-5", content: `${round} ${"x".repeat(20_000)}` };
      appendFileSync(transcript, `${JSON.stringify({ type: "assistant", message })}\n`);
      const content = lines(`round${round}_`, 50);
      writeFileSync(path, content);
      stdin = payload(scene, path, content, transcript);
    },
    stdin: () => Buffer.from(stdin),
  };
}

function commitRun(scene: Scene, command: readonly string[]): Run {
  const transcript = transcriptOf(scene);
  return {
    command,
    cwd: scene.repository,
    env: scene.env,
    before(round) {
      if (command[0] !== binary) return;
      for (let file = 0; file < 12; file++) {
        record(scene, `file${file}.ts`, lines(`commit${round}_${file}_`, 50), transcript);
      }
      scene.git("add", ".");
      scene.git("-c", "core.hooksPath=/dev/null", "commit", "-qm", `round ${round}`);
    },
  };
}

export async function measureHooks(directory: string): Promise<Figure[]> {
  const empty = makeScene(join(directory, "empty"));
  const full = makeScene(join(directory, "full"));
  writeTraces(join(full.projectDirectory, "traces.jsonl"), "history", history);
  const print = await compile(
    join(import.meta.dir, "floor/print.ts"),
    join(directory, "floor-print"),
  );
  const append = await compile(
    join(import.meta.dir, "floor/append.ts"),
    join(directory, "floor-append"),
  );
  const floorLine = Buffer.from(`${traceLine("floor", 1)}\n`);

  const [printed, version] = measureInTurn(
    [{ command: [print] }, { command: [binary, "--version"] }],
    30,
  ) as [Timed, Timed];
  const [appended, recordEmpty, recordFull] = measureInTurn(
    [
      { command: [append, join(directory, "floor.jsonl")], stdin: () => floorLine },
      recordRun(empty),
      recordRun(full),
    ],
    60,
  ) as [Timed, Timed, Timed];
  const gitDiff = ["git", "diff-tree", "-r", "-p", "-M", "HEAD"];
  const [commitEmpty, commitFull, diffed] = measureInTurn(
    [
      commitRun(empty, [binary, "commit-link"]),
      commitRun(full, [binary, "commit-link"]),
      commitRun(full, gitDiff),
    ],
    12,
  ) as [Timed, Timed, Timed];
  const blamed = (scene: Scene, command: readonly string[]): Run => ({
    command,
    cwd: scene.repository,
    env: scene.env,
  });
  const [blameEmpty, blameFull, gitBlamed] = measureInTurn(
    [
      blamed(empty, [binary, "blame", "file3.ts"]),
      blamed(full, [binary, "blame", "file3.ts"]),
      blamed(full, ["git", "blame", "--porcelain", "file3.ts"]),
    ],
    30,
  ) as [Timed, Timed, Timed];

  const even = (a: Timed, b: Timed): boolean => b.p50 <= a.p50 * 1.2;
  const historyRow = (name: string, none: Timed, many: Timed): Figure => ({
    name: `${name}: 100,000 traces against none`,
    measured: `${(many.p50 / none.p50).toFixed(2)} ×`,
    goal: "≤ 1.20 ×",
    met: even(none, many),
  });
  return [
    {
      name: "--version",
      measured: ms(version.p50),
      floor: `${ms(printed.p50)} (${ratio(version.p50, printed.p50)})`,
      goal: "≤ 1.6 × floor",
      met: version.p50 <= printed.p50 * 1.6,
    },
    {
      name: "record p50",
      measured: ms(recordFull.p50),
      floor: `${ms(appended.p50)} (${ratio(recordFull.p50, appended.p50)})`,
      goal: "≤ 1.6 × floor",
      met: recordFull.p50 <= appended.p50 * 1.6,
    },
    {
      name: "record p95",
      measured: ms(recordFull.p95),
      floor: ms(appended.p95),
      goal: "≤ 15 ms",
      met: recordFull.p95 <= 15,
    },
    historyRow("record", recordEmpty, recordFull),
    {
      name: "commit-link, 12 files of 50 lines",
      measured: ms(commitFull.p50),
      floor: `${ms(diffed.p50)} (git)`,
      goal: "≤ 40 ms over git",
      met: commitFull.p50 - diffed.p50 <= 40,
    },
    historyRow("commit-link", commitEmpty, commitFull),
    {
      name: "blame",
      measured: ms(blameFull.p50),
      floor: `${ms(gitBlamed.p50)} (git)`,
      goal: "≤ 25 ms over git",
      met: blameFull.p50 - gitBlamed.p50 <= 25,
    },
    historyRow("blame", blameEmpty, blameFull),
  ];
}
