/**
 * `bun run demo`: two people, one service, one recorded session of a real agent. Everything below happens with the
 * compiled program, in a temporary directory, and on loopback.
 */
import { createHash } from "node:crypto";
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { transcriptsDirectory } from "../support/transcripts.ts";
import { type Step, readSession } from "./session.ts";

const built = join(import.meta.dir, "../../dist/agent-trace");
const started = performance.now();
const directory = realpathSync(mkdtempSync(join(tmpdir(), "agent-trace-demo-")));

interface Person {
  readonly name: string;
  readonly clone: string;
  readonly env: Record<string, string>;
}

function person(name: string): Person {
  const home = join(directory, name);
  mkdirSync(join(home, "bin"), { recursive: true });
  return {
    name,
    clone: join(home, "project"),
    env: {
      HOME: home,
      PATH: `${directory}/bin:${process.env["PATH"] ?? "/usr/bin:/bin"}`,
      LANG: "C.UTF-8",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_AUTHOR_NAME: name,
      GIT_AUTHOR_EMAIL: `${name}@example.org`,
      GIT_COMMITTER_NAME: name,
      GIT_COMMITTER_EMAIL: `${name}@example.org`,
    },
  };
}

/** Runs a command line by the shell as the person, and gives what it printed. */
function shell(who: Person, line: string, options: { cwd?: string; stdin?: string } = {}): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync(["sh", "-c", line], {
    cwd: options.cwd ?? who.clone,
    env: who.env,
    stdin: options.stdin === undefined ? "ignore" : Buffer.from(options.stdin),
  });
  if (exitCode !== 0) throw new Error(`\`${line}\` ended with ${exitCode}\n${stdout}${stderr}`);
  return stdout.toString() + stderr.toString();
}

/** As `shell`, and shows the line with the first lines of its output. */
function show(
  who: Person,
  line: string,
  options: { cwd?: string; stdin?: string; shown?: string } = {},
): string {
  console.log(`${who.name}$ ${options.shown ?? line}`);
  const output = shell(who, line, options);
  const lines = output.trimEnd().split("\n");
  for (const text of lines.slice(0, 12))
    if (text !== "") console.log(`  ${text.replaceAll(directory, "…")}`);
  if (lines.length > 12) console.log(`  … ${lines.length - 12} lines more`);
  return output;
}

function say(text: string): void {
  console.log(`\n# ${text}`);
}

/** Lets the session happen again: each step writes its file and tells the hooks, as the agent did. */
function replay(who: Person, steps: readonly Step[], recorded: string): string {
  const transcript = join(who.env["HOME"] ?? "", ".claude/projects/demo/session.jsonl");
  mkdirSync(dirname(transcript), { recursive: true });
  writeFileSync(transcript, "");
  const bytes = readFileSync(recorded);
  const settings = JSON.parse(readFileSync(join(who.clone, ".claude/settings.local.json"), "utf8"));
  const hooksFor = (event: string): string[] =>
    (settings.hooks?.[event] ?? []).flatMap((group: { hooks: { command: string }[] }) =>
      group.hooks.map(({ command }) => command),
    );
  const tell = (event: string, facts: object): void => {
    const payload = {
      session_id: "demo",
      transcript_path: transcript,
      cwd: who.clone,
      hook_event_name: event,
      ...facts,
    };
    for (const command of hooksFor(event)) shell(who, command, { stdin: JSON.stringify(payload) });
  };
  let grown = 0;
  for (const step of steps) {
    const file = join(who.clone, step.path);
    const input = { ...step.input, file_path: file };
    const call = { tool_name: step.tool, tool_use_id: step.toolUseId, tool_input: input };
    if (step.before !== null && (!existsSync(file) || readFileSync(file, "utf8") !== step.before)) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, step.before); // what a person did between two steps
    }
    tell("PreToolUse", call);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, step.after);
    appendFileSync(transcript, bytes.subarray(grown, step.transcriptBytes));
    grown = step.transcriptBytes;
    tell("PostToolUse", { ...call, tool_response: { ...step.response, filePath: file } });
  }
  appendFileSync(transcript, bytes.subarray(grown));
  tell("SessionEnd", { reason: "other" });
  return transcript;
}

async function startService(): Promise<{ url: string; token: string; stop(): Promise<void> }> {
  const line = `agent-trace serve --port 0 --data service --bootstrap acme/project --json`;
  console.log(`$ ${line}`);
  const child = Bun.spawn([built, ...line.split(" ").slice(1)], {
    cwd: directory,
    env: { HOME: directory },
    stdout: "pipe",
    stderr: "ignore",
  });
  let text = "";
  for await (const chunk of child.stdout) {
    text += new TextDecoder().decode(chunk);
    if (text.includes("\n")) break;
  }
  const { url, token } = JSON.parse(text.split("\n")[0] ?? "");
  return {
    url,
    token,
    async stop() {
      child.kill("SIGTERM");
      await child.exited;
    },
  };
}

function digests(who: Person): string[] {
  const projects = join(who.env["HOME"] ?? "", ".agent-trace/projects");
  const cache = join(projects, readdirSync(projects)[0] ?? "", "conversations");
  return readdirSync(cache)
    .filter((name) => /^[0-9a-f]{2}$/.test(name))
    .flatMap((name) => readdirSync(join(cache, name)).map((file) => join(cache, name, file)))
    .map((file) => createHash("sha256").update(readFileSync(file)).digest("hex"))
    .toSorted();
}

function same(what: string, left: unknown, right: unknown): void {
  if (JSON.stringify(left) !== JSON.stringify(right))
    throw new Error(`${what} differs between the two`);
  console.log(`  ${what}: the same on both sides`);
}

async function main(): Promise<void> {
  const real = transcriptsDirectory();
  const recorded =
    real === undefined
      ? join(import.meta.dir, "session.jsonl")
      : join(real, "claude-code-edits-21.jsonl");
  const steps = readSession(recorded);
  const [ada, bob] = [person("ada"), person("bob")];
  mkdirSync(join(directory, "bin"));
  copyFileSync(built, join(directory, "bin/agent-trace"));

  say("A team lead starts the service");
  const service = await startService();
  try {
    say("Two people clone one repository");
    shell(ada, "git init -q --bare -b main shared.git", { cwd: directory });
    for (const who of [ada, bob])
      shell(who, `git clone -q '${directory}/shared.git' project`, { cwd: who.env["HOME"] ?? "" });
    const files = new Map<string, string>();
    for (const { path, before } of steps)
      if (before !== null && !files.has(path)) files.set(path, before);
    for (const [path, text] of files) {
      mkdirSync(dirname(join(ada.clone, path)), { recursive: true });
      writeFileSync(join(ada.clone, path), text);
    }
    shell(
      ada,
      "git commit -q --allow-empty -m start && git add -A && git commit -q --allow-empty -m 'written by people' && git push -q origin main",
    );
    show(ada, "agent-trace init");

    say(
      `An agent works at Ada's: ${steps.length} edits of a recorded session, told to the hooks that init installed`,
    );
    replay(ada, steps, recorded);
    show(ada, "git add -A && git commit -q -m 'work of an agent' && git push -q origin main");
    const file = steps.at(-1)?.path ?? "";
    show(ada, `agent-trace blame '${file}'`);

    say("Ada shares it");
    const remote = `${service.url}/acme/project`;
    const add = "agent-trace remote add origin";
    for (const who of [ada, bob]) shell(who, "git pull -q origin main && agent-trace init");
    show(ada, `${add} '${remote}' --token -`, {
      stdin: service.token,
      shown: `${add} ${remote} --token -`,
    });
    show(ada, "agent-trace push");

    say("Bob pulls it");
    show(bob, `${add} '${remote}' --token -`, {
      stdin: service.token,
      shown: `${add} ${remote} --token -`,
    });
    show(bob, "agent-trace pull");
    show(bob, `agent-trace blame '${file}'`);
    show(bob, `agent-trace context '${file}'`);

    say("Both have the same");
    for (const path of new Set(steps.map((step) => step.path))) {
      same(
        `blame of ${path}`,
        shell(ada, `agent-trace blame '${path}' --json`),
        shell(bob, `agent-trace blame '${path}' --json`),
      );
      same(
        `context of ${path}`,
        shell(ada, `agent-trace context '${path}' --full --json`),
        shell(bob, `agent-trace context '${path}' --full --json`),
      );
    }
    const transcripts = digests(ada);
    if (transcripts.length === 0) throw new Error("no transcript was kept");
    same(`sha256 of ${transcripts.length} transcript`, transcripts, digests(bob));
    show(ada, "agent-trace push");
    show(bob, "agent-trace pull");
  } finally {
    await service.stop();
  }
  console.log(`\nDone in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

try {
  await main();
} finally {
  rmSync(directory, { recursive: true, force: true });
}
