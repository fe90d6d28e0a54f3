import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cli } from "../support/cli.ts";
import { gitTestEnvironment } from "../support/repository.ts";
import { runProgram } from "./python-client.ts";

/** One machine: a home and a clone. Both programs may be used on it, over one store. */
export interface Machine {
  readonly home: string;
  readonly repo: string;
  ours(argv: readonly string[], stdin?: string): Promise<string>;
  theirs(argv: readonly string[], stdin?: string): Promise<string>;
  git(...argv: string[]): Promise<string>;
  /** An agent writes a file; one of the two programs is told, and links the commit. */
  write(by: "ours" | "theirs", path: string, lines: readonly string[]): Promise<void>;
  /** The lines of a file that an agent wrote, according to one of the two. */
  aiLines(by: "ours" | "theirs", path: string): Promise<number[]>;
}

export function newMachine(root: string, name: string, python: string): Machine {
  const home = join(root, name);
  const repo = join(home, "repo");
  mkdirSync(home, { recursive: true });
  const env: Record<string, string> = {
    ...(gitTestEnvironment as Record<string, string>),
    HOME: home,
    AGENT_TRACE_HOME: join(home, ".agent-trace"),
  };
  const check = (
    what: string,
    { exitCode, output, stdout }: { exitCode: number; output: string; stdout: string },
  ): string => {
    if (exitCode !== 0) throw new Error(`${what} ended with ${exitCode}: ${output}`);
    return stdout;
  };
  let writes = 0;
  const machine: Machine = {
    home,
    repo,
    async ours(argv, stdin = "") {
      const done = await cli(argv, { home, cwd: repo, environment: env, stdin });
      return check(`ours ${argv.join(" ")}`, { ...done, output: done.stdout + done.stderr });
    },
    theirs: async (argv, stdin = "") =>
      check(
        `theirs ${argv.join(" ")}`,
        await runProgram([python, ...argv], { cwd: repo, env, stdin }),
      ),
    git: async (...argv) =>
      check(`git ${argv.join(" ")}`, await runProgram(["git", ...argv], { cwd: repo, env })),
    async write(by, path, lines) {
      const content = lines.map((line) => `${line}\n`).join("");
      const transcript = join(home, "transcripts", `${name}-${++writes}.jsonl`);
      mkdirSync(join(home, "transcripts"), { recursive: true });
      writeFileSync(
        transcript,
        `${JSON.stringify({ type: "user", message: { content: path } })}\n`,
      );
      const file = join(repo, path);
      mkdirSync(join(file, ".."), { recursive: true });
      writeFileSync(file, content);
      const payload = {
        session_id: `${name}-${writes}`,
        transcript_path: transcript,
        cwd: repo,
        permission_mode: "default",
        hook_event_name: "PostToolUse",
        tool_name: "Write",
        tool_input: { file_path: file, content },
        tool_response: {
          type: "create",
          filePath: file,
          content,
          structuredPatch: [],
          originalFile: null,
        },
        tool_use_id: `toolu_${name}${writes}`,
      };
      await machine[by](["record"], JSON.stringify(payload));
      await machine.git("add", "--all");
      await machine.git("-c", "core.hooksPath=/dev/null", "commit", "--quiet", "-m", path);
      await machine[by](["commit-link"]);
    },
    async aiLines(by, path) {
      const { attributions } = JSON.parse(await machine[by](["blame", path, "--json"])) as {
        attributions: { kind: string; start_line: number; end_line: number }[];
      };
      return attributions
        .filter(({ kind }) => kind === "AI")
        .flatMap(({ start_line, end_line }) =>
          Array.from({ length: end_line - start_line + 1 }, (_, index) => start_line + index),
        )
        .toSorted((a, b) => a - b);
    },
  };
  return machine;
}
