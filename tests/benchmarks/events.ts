/** What commands of agents, and commits in which no agent had a hand, cost; each beside git at the same work. */
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Run, type Timed, measureInTurn } from "./measure.ts";
import { type Figure, mib, ms, ratio } from "./report.ts";
import { type Scene, binary, makeScene, run } from "./scene.ts";

const files = 50_000;
const othersCommits = 1_000;

function shellPayload(scene: Scene, name: string, id: string): string {
  return JSON.stringify({
    session_id: "benchmark",
    transcript_path: join(scene.home, ".claude", "projects", "p", "s.jsonl"),
    cwd: scene.repository,
    hook_event_name: name,
    tool_name: "Bash",
    tool_use_id: id,
    tool_input: { command: "make" },
    ...(name === "PreToolUse" ? {} : { tool_response: { stdout: "" } }),
  });
}

function shellRun(scene: Scene, name: "PreToolUse" | "PostToolUse"): Run {
  return {
    command: [binary, "record"],
    cwd: scene.repository,
    env: scene.env,
    before(round) {
      if (name === "PostToolUse") {
        appendFileSync(join(scene.repository, "README.md"), `line ${round}\n`);
      }
    },
    stdin: (round) => Buffer.from(shellPayload(scene, name, `call${round}`)),
  };
}

function measureCommands(scene: Scene): Figure[] {
  for (let directory = 0; directory < files / 100; directory++) {
    mkdirSync(join(scene.repository, `d${directory}`));
    for (let file = 0; file < 100; file++) {
      writeFileSync(
        join(scene.repository, `d${directory}`, `f${file}.ts`),
        `${directory} ${file}\n`,
      );
    }
  }
  mkdirSync(join(scene.repository, "node_modules", "m"), { recursive: true });
  for (let file = 0; file < 2_000; file++) {
    writeFileSync(join(scene.repository, "node_modules", "m", `f${file}.js`), "\n");
  }
  writeFileSync(join(scene.repository, ".gitignore"), "node_modules\n");
  scene.git("add", "-A");
  scene.git("commit", "-qm", "many files");
  scene.git("status");
  const status: Run = {
    command: ["git", "status", "--porcelain"],
    cwd: scene.repository,
    env: { ...scene.env, GIT_OPTIONAL_LOCKS: "0" },
  };
  const [git, before, after] = measureInTurn(
    [status, shellRun(scene, "PreToolUse"), shellRun(scene, "PostToolUse")],
    12,
  ) as [Timed, Timed, Timed];
  const peak = Bun.spawnSync([binary, "record"], {
    cwd: scene.repository,
    env: scene.env,
    stdin: Buffer.from(shellPayload(scene, "PreToolUse", "last")),
  }).resourceUsage.maxRSS;
  const figure = (name: string, timed: Timed): Figure => ({
    name,
    measured: ms(timed.p50),
    floor: `${ms(git.p50)} (${ratio(timed.p50, git.p50)})`,
    goal: "≤ 1.3 × git status",
    met: timed.p50 <= git.p50 * 1.3,
  });
  return [
    figure(`a command begins, ${files.toLocaleString("en-US")} files`, before),
    figure(`a command ends, ${files.toLocaleString("en-US")} files`, after),
    {
      name: "peak memory of that hook",
      measured: mib(peak),
      goal: "≤ 128 MiB",
      met: peak <= 128 * 1024 * 1024,
    },
  ];
}

function commitByHand(scene: Scene, name: string): void {
  appendFileSync(join(scene.repository, "by-hand.txt"), `${name}\n`);
  scene.git("add", "by-hand.txt");
  scene.git("-c", "core.hooksPath=/dev/null", "commit", "-qm", name);
}

function measureOthers(scene: Scene): Figure[] {
  const content = "agent = 1\n";
  const file_path = join(scene.repository, "agents.py");
  writeFileSync(file_path, content);
  const write = { ...JSON.parse(shellPayload(scene, "PostToolUse", "write")), tool_name: "Write" };
  const stdin = JSON.stringify({ ...write, tool_input: { file_path, content } });
  run([binary, "record"], { cwd: scene.repository, env: scene.env, stdin });
  scene.git("add", "-A");
  scene.git("-c", "core.hooksPath=/dev/null", "commit", "-qm", "agent's");
  const link: Run = {
    // As the hook that `init` writes calls it.
    command: ["sh", "-c", `"${binary}" commit-link </dev/null >/dev/null 2>&1`],
    cwd: scene.repository,
    env: scene.env,
    before: (round) => commitByHand(scene, `round ${round}`),
  };
  const [nothing] = measureInTurn([link], 20) as [Timed];
  for (let commit = 0; commit < othersCommits; commit++) commitByHand(scene, `other ${commit}`);
  const started = performance.now();
  run([binary, "commit-link", "--catch-up"], { cwd: scene.repository, env: scene.env });
  const elapsed = performance.now() - started;
  return [
    {
      name: "a commit with nothing to do",
      measured: ms(nothing.p50),
      goal: "≤ 15 ms over git's own",
      met: nothing.p50 <= 15,
    },
    {
      name: `catching up with ${othersCommits.toLocaleString("en-US")} commits of others`,
      measured: ms(elapsed),
      goal: "≤ 1 s",
      met: elapsed <= 1_000,
    },
  ];
}

export async function measureEvents(directory: string): Promise<Figure[]> {
  const others = measureOthers(makeScene(join(directory, "others")));
  return [...others, ...measureCommands(makeScene(join(directory, "many")))];
}
