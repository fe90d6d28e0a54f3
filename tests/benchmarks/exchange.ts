/** Push and pull against a service of this machine: rows a second, an idle push, and memory for a huge transcript. */
import { createHash } from "node:crypto";
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { writeLedgers, writeTraces } from "./records.ts";
import { type Figure, mib, ms, perSecond } from "./report.ts";
import { type Scene, binary, makeScene, run } from "./scene.ts";

const rows = 100_000;
const gibibyte = 1024 ** 3;

interface Service extends AsyncDisposable {
  readonly url: string;
  readonly token: string;
  stop(): Promise<number>;
}

/** Starts the compiled service; `stop` gives its peak memory in bytes. */
async function startService(directory: string): Promise<Service> {
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

async function timed(
  scene: Scene,
  ...words: string[]
): Promise<{ elapsed: number; memory: number; answer: any }> {
  const started = performance.now();
  const child = Bun.spawn([binary, ...words, "--json"], {
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
  if (exitCode !== 0)
    throw new Error(`${words.join(" ")} ended with ${exitCode}: ${stderr}${stdout}`);
  return { elapsed, memory: child.resourceUsage()?.maxRSS ?? 0, answer: JSON.parse(stdout) };
}

function bind(scene: Scene, service: Service): void {
  run([binary, "remote", "add", "origin", `${service.url}/acme/bench`, "--token", "-"], {
    cwd: scene.repository,
    env: scene.env,
    stdin: service.token,
  });
}

export async function measureRows(directory: string): Promise<Figure[]> {
  await using service = await startService(join(directory, "service"));
  const sender = makeScene(join(directory, "sender"));
  writeTraces(join(sender.projectDirectory, "traces.jsonl"), "rows", rows);
  writeLedgers(join(sender.projectDirectory, "ledgers.jsonl"), "rows", rows);
  bind(sender, service);
  // The index is brought up to date by whatever comes first; that is not what is measured here.
  await timed(sender, "push", "--dry-run");
  const push = await timed(sender, "push");
  if (push.answer.resources.traces.sent !== rows) throw new Error("not all traces were pushed");
  const idle = await timed(sender, "push");
  const receiver = makeScene(join(directory, "receiver"));
  bind(receiver, service);
  const pull = await timed(receiver, "pull");
  if (pull.answer.resources.traces.merged !== rows) throw new Error("not all traces were pulled");
  return [
    {
      name: "traces of 10 lines pushed",
      measured: perSecond(rows, push.elapsed),
      goal: "≥ 50,000/s",
      met: rows / push.elapsed >= 50,
    },
    {
      name: "traces of 10 lines pulled to disk",
      measured: perSecond(rows, pull.elapsed),
      goal: "≥ 100,000/s",
      met: rows / pull.elapsed >= 100,
    },
    {
      name: "push with nothing new, 100,000 rows",
      measured: ms(idle.elapsed),
      goal: "≤ 50 ms",
      met: idle.elapsed <= 50,
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

export async function measureMemory(directory: string): Promise<Figure[]> {
  const service = await startService(join(directory, "service"));
  const sender = makeScene(join(directory, "sender"));
  bind(sender, service);
  const transcript = join(directory, "huge.jsonl");
  const floor = writeHuge(transcript);
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
  const push = await timed(sender, "push");
  const receiver = makeScene(join(directory, "receiver"));
  bind(receiver, service);
  const pull = await timed(receiver, "pull");
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
