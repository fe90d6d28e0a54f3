/** Push and pull against a service of this machine: rows a second, an idle push, and memory for a huge transcript. */
import { createHash } from "node:crypto";
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { installPythonClient } from "../sync/python-client.ts";
import { writeLedgers, writeTraces } from "./records.ts";
import { type Figure, mib, ms, perSecond } from "./report.ts";
import { type Scene, binary, makeScene, run } from "./scene.ts";

const rows = 100_000;
const gibibyte = 1024 ** 3;

export interface Service extends AsyncDisposable {
  readonly url: string;
  readonly token: string;
  stop(): Promise<number>;
}

/** Starts the compiled service; `stop` gives its peak memory in bytes. */
export async function startService(directory: string): Promise<Service> {
  const child = Bun.spawn(
    [
      binary,
      "serve",
      "--json",
      "--port",
      "0",
      "--data",
      directory,
      "--bootstrap",
      "acme/bench",
      "--rate-limit",
      "0",
    ],
    {
      env: { HOME: directory, BLOB_MAX_BYTES: String(2 * gibibyte) },
      stdout: "pipe",
      stderr: "ignore",
    },
  );
  let text = "";
  for await (const chunk of child.stdout) {
    text += new TextDecoder().decode(chunk);
    if (text.includes("\n")) break;
  }
  const { url, token } = JSON.parse(text.split("\n")[0] ?? "");
  const stop = async (): Promise<number> => {
    child.kill("SIGTERM");
    await child.exited;
    return child.resourceUsage()?.maxRSS ?? 0;
  };
  return { url, token, stop, [Symbol.asyncDispose]: async () => void (await stop()) };
}

export interface Timed {
  readonly elapsed: number;
  readonly memory: number;
  readonly stdout: string;
}

export async function timed(scene: Scene, argv: readonly string[], expected = 0): Promise<Timed> {
  const started = performance.now();
  const child = Bun.spawn([...argv], {
    cwd: scene.repository,
    env: scene.env,
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  const elapsed = performance.now() - started;
  if (exitCode !== expected)
    throw new Error(`${argv.join(" ")} ended with ${exitCode}: ${stderr}${stdout}`);
  return { elapsed, memory: child.resourceUsage()?.maxRSS ?? 0, stdout };
}

export const ours = (scene: Scene, ...words: string[]): Promise<Timed> =>
  timed(scene, [binary, ...words, "--json"]);

export function bind(scene: Scene, service: Service): void {
  run([binary, "remote", "add", "origin", `${service.url}/acme/bench`, "--token", "-"], {
    cwd: scene.repository,
    env: scene.env,
    stdin: service.token,
  });
}

interface Exchanged {
  readonly push: Timed;
  readonly pull: Timed;
  readonly sender: Scene;
  readonly receiver: Scene;
}

/** The first push of a store and the first pull of another, by one program, through a service of their own. */
async function exchange(
  directory: string,
  command: readonly string[],
  use: (exchanged: Exchanged) => Promise<void> = async () => {},
): Promise<Exchanged> {
  await using service = await startService(join(directory, "service"));
  const sender = makeScene(join(directory, "sender"));
  const receiver = makeScene(join(directory, "receiver"));
  writeTraces(join(sender.projectDirectory, "traces.jsonl"), "rows", rows);
  writeLedgers(join(sender.projectDirectory, "ledgers.jsonl"), "rows", rows);
  for (const scene of [sender, receiver]) bind(scene, service);
  const push = await timed(sender, [...command, "push"]);
  const pull = await timed(receiver, [...command, "pull"]);
  const received = readFileSync(join(receiver.projectDirectory, "traces.jsonl"));
  if (received.toString("latin1").split("\n").length !== rows + 1) {
    throw new Error(`${command.join(" ")} did not bring all traces over`);
  }
  const exchanged = { push, pull, sender, receiver };
  await use(exchanged);
  return exchanged;
}

/** How often ours goes beside the original, where that can be had. */
const goal = 5;

function beside(name: string, mine: number, theirs: number | undefined): Figure {
  const measured = perSecond(rows, mine);
  if (theirs === undefined) return { name, measured, goal: `≥ ${goal} × agent-trace-cli` };
  return {
    name,
    measured: `${measured}, ${(theirs / mine).toFixed(2)} × agent-trace-cli`,
    floor: `${perSecond(rows, theirs)} (agent-trace-cli 0.1.3)`,
    goal: `≥ ${goal} × agent-trace-cli`,
    met: theirs / mine >= goal,
  };
}

/** A file that pulled traces edit. */
const blamed = "src/module-1.ts";

/** A commit that no hook saw and that no ledger tells of: `blame` looks for who wrote its lines. */
function commitOfOthers({ repository, git }: Scene): void {
  const lines = Array.from({ length: 200 }, (_, line) => `export const value${line} = ${line};\n`);
  mkdirSync(join(repository, "src"), { recursive: true });
  writeFileSync(join(repository, blamed), lines.join(""));
  git("add", ".");
  git("commit", "-qm", "a person's");
}

export async function measureRows(directory: string): Promise<Figure[]> {
  const original = await installPythonClient();
  if ("missing" in original) process.stderr.write(`without agent-trace-cli: ${original.missing}\n`);
  const theirs =
    "missing" in original
      ? undefined
      : await exchange(join(directory, "theirs"), [original.program]);
  let idle = 0;
  let blame = 0;
  let gitBlame = 0;
  const mine = await exchange(join(directory, "ours"), [binary], async ({ sender, receiver }) => {
    idle = (await ours(sender, "push")).elapsed;
    commitOfOthers(receiver);
    const git = ["git", "blame", "--porcelain", blamed];
    await timed(receiver, git);
    gitBlame = (await timed(receiver, git)).elapsed;
    blame = (await ours(receiver, "blame", blamed)).elapsed;
  });
  return [
    beside("100,000 traces pushed, index made", mine.push.elapsed, theirs?.push.elapsed),
    beside("100,000 traces pulled, index made", mine.pull.elapsed, theirs?.pull.elapsed),
    {
      name: "push with nothing new, 100,000 rows",
      measured: ms(idle),
      goal: "≤ 50 ms",
      met: idle <= 50,
    },
    {
      name: "first blame after the pull, a commit of others in its file",
      measured: ms(blame),
      floor: `${ms(gitBlame)} (git blame)`,
      goal: "≤ 100 ms",
      met: blame <= 100,
    },
  ];
}

/** Copies a file of a gibibyte at this machine's own rate, as a floor for sending one. */
function writeHuge(path: string): number {
  const chunk = Buffer.alloc(1024 * 1024);
  const started = performance.now();
  const file = openSync(path, "w");
  const digest = createHash("sha256");
  for (let written = 0; written < gibibyte; written += chunk.length) {
    chunk.writeUInt32LE(written / chunk.length, 0);
    chunk[chunk.length - 1] = 0x0a;
    digest.update(chunk);
    writeSync(file, chunk);
  }
  closeSync(file);
  return performance.now() - started;
}

/** Lets an agent whose transcript this is write a file, and commits that. */
export function recordSession(sender: Scene, transcript: string): void {
  const path = join(sender.repository, "huge.ts");
  appendFileSync(path, "export {};\n");
  const content = "export {};\n";
  const event = {
    session_id: "huge",
    transcript_path: transcript,
    cwd: sender.repository,
    hook_event_name: "PostToolUse",
    tool_name: "Write",
    tool_use_id: "toolu_huge",
    tool_input: { file_path: path, content },
    tool_response: {
      type: "create",
      filePath: path,
      content,
      structuredPatch: [],
      originalFile: null,
    },
  };
  run([binary, "record"], {
    cwd: sender.repository,
    env: sender.env,
    stdin: JSON.stringify(event),
  });
  sender.git("add", ".");
  sender.git("commit", "-qm", "huge");
  run([binary, "commit-link"], { cwd: sender.repository, env: sender.env });
}

export async function measureMemory(directory: string): Promise<Figure[]> {
  const service = await startService(join(directory, "service"));
  const sender = makeScene(join(directory, "sender"));
  bind(sender, service);
  const transcript = join(directory, "huge.jsonl");
  const floor = writeHuge(transcript);
  recordSession(sender, transcript);
  const push = await ours(sender, "push");
  const receiver = makeScene(join(directory, "receiver"));
  bind(receiver, service);
  const pull = await ours(receiver, "pull");
  const peak = await service.stop();
  rmSync(transcript);
  mkdirSync(directory, { recursive: true });
  for (const part of readdirSync(directory)) rmSync(join(directory, part), { recursive: true });
  return [
    {
      name: "client, push of a 1 GiB transcript",
      measured: mib(push.memory),
      goal: "≤ 80 MiB",
      met: push.memory <= 80 * 1024 ** 2,
    },
    {
      name: "client, pull of it",
      measured: mib(pull.memory),
      goal: "≤ 80 MiB",
      met: pull.memory <= 80 * 1024 ** 2,
    },
    { name: "service, both", measured: mib(peak), goal: "≤ 96 MiB", met: peak <= 96 * 1024 ** 2 },
    {
      name: "time of the push",
      measured: ms(push.elapsed),
      floor: `${ms(floor)} (hash and write)`,
    },
  ];
}
