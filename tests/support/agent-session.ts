import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Environment } from "../../src/environment.ts";
import { type CliOptions, type Outcome, cli } from "./cli.ts";
import { temporaryDirectory } from "./directories.ts";
import { type TempRepo, gitTestEnvironment, tempRepo } from "./repository.ts";

/** A repository set up for agent-trace, in which a coding agent and a person take turns. */
export interface AgentSession extends Disposable {
  readonly repo: TempRepo;
  readonly home: string;
  readonly transcript: string;
  /** Runs a command line in the repository. */
  run(argv: readonly string[], options?: CliOptions): Promise<Outcome>;
  /** As `run`, and parses the JSON document that it prints. */
  json<T>(argv: readonly string[]): Promise<T>;
  /** Sends a hook payload, its common fields filled in. */
  hook(payload: Readonly<Record<string, unknown>>): Promise<Outcome>;
  /** The agent writes a whole file, and reports it. */
  write(path: string, content: string): Promise<void>;
  /** The agent puts one text for another, and reports it. */
  edit(path: string, oldText: string, newText: string): Promise<void>;
  /** A person writes a file, and nobody is told. */
  type(path: string, content: string): void;
  /** Commits everything, and links the commit as the hook would. */
  commit(message?: string): Promise<string>;
  /** The lines of a file that blame gives to an agent. */
  aiLines(path: string, ...options: string[]): Promise<number[]>;
}

interface Blame {
  readonly attributions: readonly {
    readonly start_line: number;
    readonly end_line: number;
    readonly kind: string;
  }[];
}

export async function agentSession(root?: TempRepo): Promise<AgentSession> {
  const directory = temporaryDirectory();
  const repo = root ?? tempRepo();
  const home = directory.path;
  const transcript = join(home, ".claude", "projects", "p", "session.jsonl");
  mkdirSync(dirname(transcript), { recursive: true });
  const spoken = { type: "assistant", version: "2.1.3", message: { model: "claude-sonnet-4-5" } };
  writeFileSync(transcript, `${JSON.stringify(spoken)}\n`);
  const environment: Environment = { ...gitTestEnvironment, HOME: home };
  let calls = 0;
  const read = (path: string): string | null => {
    try {
      return readFileSync(join(repo.path, path), "utf8");
    } catch {
      return null;
    }
  };
  const session: AgentSession = {
    repo,
    home,
    transcript,
    run: (argv, options = {}) =>
      cli(argv, {
        home,
        cwd: repo.path,
        ...options,
        environment: { ...environment, ...options.environment },
      }),
    async json<T>(argv: readonly string[]): Promise<T> {
      const { stdout, stderr } = await session.run([...argv, "--json"]);
      if (stdout === "") throw new Error(stderr);
      return JSON.parse(stdout) as T;
    },
    hook: (payload) => {
      const common = { session_id: "s", transcript_path: transcript, cwd: repo.path };
      const call = { hook_event_name: "PostToolUse", tool_use_id: `toolu_${calls++}` };
      return session.run(["record", "--strict"], {
        stdin: JSON.stringify({ ...common, ...call, ...payload }),
      });
    },
    async write(path, content) {
      const originalFile = read(path);
      repo.write(path, content);
      const file_path = join(repo.path, path);
      const type = originalFile === null ? "create" : "update";
      await succeed(
        session.hook({
          tool_name: "Write",
          tool_input: { file_path, content },
          tool_response: { type, filePath: file_path, content, structuredPatch: [], originalFile },
        }),
      );
    },
    async edit(path, oldText, newText) {
      const originalFile = read(path);
      if (originalFile === null || !originalFile.includes(oldText)) throw new Error("no such text");
      repo.write(
        path,
        originalFile.replace(oldText, () => newText),
      );
      const file_path = join(repo.path, path);
      await succeed(
        session.hook({
          tool_name: "Edit",
          tool_input: { file_path, old_string: oldText, new_string: newText },
          tool_response: {
            filePath: file_path,
            oldString: oldText,
            newString: newText,
            originalFile,
          },
        }),
      );
    },
    type: (path, content) => void repo.write(path, content),
    async commit(message = "work") {
      repo.run(["add", "--all"]);
      repo.run([
        "-c",
        "core.hooksPath=/nonexistent",
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        message,
      ]);
      await succeed(session.run(["commit-link"]));
      return repo.run(["rev-parse", "HEAD"]);
    },
    async aiLines(path, ...options) {
      const { attributions } = await session.json<Blame>(["blame", path, ...options]);
      return attributions.flatMap(({ start_line, end_line }) =>
        Array.from({ length: end_line - start_line + 1 }, (_, offset) => start_line + offset),
      );
    },
    [Symbol.dispose]() {
      if (root === undefined) repo[Symbol.dispose]();
      directory[Symbol.dispose]();
    },
  };
  await succeed(session.run(["init"]));
  rmSync(join(repo.path, ".claude"), { recursive: true, force: true });
  return session;
}

async function succeed(running: Promise<Outcome>): Promise<void> {
  const outcome = await running;
  if (outcome.exitCode !== 0) throw new Error(outcome.stderr);
}
