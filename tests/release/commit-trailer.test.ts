import { describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../support/directories.ts";
import { compiledProgram } from "../support/program.ts";
import { type TempRepo, gitTestEnvironment, tempRepo } from "../support/repository.ts";

const program = compiledProgram();

/** A repository with git's real hooks and our real program. */
interface Scene extends Disposable {
  readonly repo: TempRepo;
  run(...argv: string[]): string;
  /** An agent writes a file and reports it. */
  agent(path: string, content: string, model?: string): void;
  /** Runs git with its hooks; gives the exit code and what it said. */
  git(argv: readonly string[], editor?: string): { exitCode: number; output: string };
  /** The trailers of HEAD. */
  trailers(): string[];
  hook(name: string): string;
}

function scene(): Scene {
  const directory = temporaryDirectory();
  const repo = tempRepo();
  const home = join(directory.path, "home");
  const transcripts = join(home, ".claude/projects/p");
  mkdirSync(transcripts, { recursive: true });
  const env = { ...gitTestEnvironment, HOME: home } as Record<string, string>;
  const start = (argv: readonly string[], input = ""): string => {
    const { stdout, stderr, exitCode } = Bun.spawnSync([program, ...argv], {
      cwd: repo.path,
      env,
      stdin: new TextEncoder().encode(input),
    });
    if (exitCode !== 0) throw new Error(`${argv.join(" ")}: ${stderr.toString()}`);
    return stdout.toString();
  };
  let calls = 0;
  const made: Scene = {
    repo,
    run: (...argv) => start(argv),
    agent(path, content, model = "claude-sonnet-4-5") {
      const transcript_path = join(transcripts, `${model}.jsonl`);
      writeFileSync(transcript_path, `{"type":"assistant","message":{"model":"${model}"}}\n`);
      const file_path = join(repo.path, path);
      const originalFile = existsSync(file_path) ? readFileSync(file_path, "utf8") : null;
      repo.write(path, content);
      const type = originalFile === null ? "create" : "update";
      const payload = {
        session_id: model,
        transcript_path,
        cwd: repo.path,
        hook_event_name: "PostToolUse",
        tool_name: "Write",
        tool_use_id: `toolu_${calls++}`,
        tool_input: { file_path, content },
        tool_response: { type, filePath: file_path, content, structuredPatch: [], originalFile },
      };
      start(["record", "--strict"], JSON.stringify(payload));
    },
    git(argv, editor = "false") {
      const { stdout, stderr, exitCode } = Bun.spawnSync(["git", ...argv], {
        cwd: repo.path,
        env: { ...env, GIT_EDITOR: editor },
      });
      return { exitCode, output: stdout.toString() + stderr.toString() };
    },
    trailers: () =>
      repo
        .run(["log", "-1", "--format=%(trailers:only,unfold)"])
        .split("\n")
        .filter((line) => line !== ""),
    hook: (name) => join(repo.path, ".git/hooks", name),
    [Symbol.dispose]() {
      repo[Symbol.dispose]();
      directory[Symbol.dispose]();
    },
  };
  made.run("init");
  return made;
}

const sonnet = "Assisted-by: claude-code:anthropic/claude-sonnet-4-5";
const opus = "Assisted-by: claude-code:anthropic/claude-opus-4-6";

function commit(made: Scene, ...argv: string[]): void {
  expect(made.git(["commit", "--quiet", ...argv])).toEqual({ exitCode: 0, output: "" });
}

describe("commit.trailer", () => {
  test("is off, and then no commit has a trailer and git calls nothing of ours for it", () => {
    using made = scene();
    made.agent("a.ts", "const one = 1;\n");
    made.repo.run(["add", "--all"]);
    commit(made, "-m", "work");
    expect(made.trailers()).toEqual([]);
    expect(readdirSync(join(made.repo.path, ".git/hooks"))).not.toContain("prepare-commit-msg");
  });

  test("names who wrote lines that the commit's own index adds, and nobody else", () => {
    using made = scene();
    made.run("config", "set", "commit.trailer", "assisted-by");
    made.agent("a.ts", "const one = 1;\n");
    made.agent("b.ts", "const two = 2;\n", "claude-opus-4-6");
    made.repo.write("c.ts", "person();\n");
    made.repo.run(["add", "--intent-to-add", "a.ts", "b.ts"]);
    // A person's file alone, though agents' files stand beside it.
    made.repo.run(["add", "c.ts"]);
    commit(made, "-m", "mine", "--", "c.ts");
    expect(made.trailers()).toEqual([]);
    // One path, by an index that git makes for this commit.
    made.repo.run(["add", "a.ts", "b.ts"]);
    commit(made, "-m", "one", "--", "b.ts");
    expect(made.trailers()).toEqual([opus]);
    commit(made, "-m", "all");
    expect(made.trailers()).toEqual([sonnet]);
    // What a person wrote over is the person's.
    made.agent("a.ts", "const one = 1;\nconst more = 2;\n");
    made.repo.write("a.ts", "const one = 1;\nsomething else entirely;\n");
    commit(made, "-a", "-m", "over");
    expect(made.trailers()).toEqual([]);
    // What stands in the work tree and not in the index does not count.
    made.repo.write("c.ts", "person();\nagain();\n");
    made.repo.run(["add", "c.ts"]);
    made.agent("c.ts", "person();\nagain();\nagent();\n");
    commit(made, "-m", "staged");
    expect(made.trailers()).toEqual([]);
    commit(made, "-a", "-m", "both");
    expect(made.trailers()).toEqual([sonnet]);
  });

  test("stands in the editor, once, also of an amended commit", () => {
    using made = scene();
    made.run("config", "set", "commit.trailer", "assisted-by");
    made.agent("a.ts", "const one = 1;\n");
    made.agent("b.ts", "const two = 2;\n", "claude-opus-4-6");
    made.repo.run(["add", "--all"]);
    const seen = join(made.repo.path, "../seen");
    const editor = `sh -c 'cp "$1" ${seen}; { echo words; cat ${seen}; } > "$1"' x`;
    expect(made.git(["commit", "--quiet", "--verbose"], editor).exitCode).toBe(0);
    expect(readFileSync(seen, "utf8")).toContain(`\n${opus}\n${sonnet}\n`);
    expect(made.repo.run(["log", "-1", "--format=%B"])).toBe(`words\n\n${opus}\n${sonnet}\n`);
    made.agent("c.ts", "const three = 3;\n");
    made.repo.run(["add", "--all"]);
    commit(made, "--amend", "--no-edit");
    expect(made.trailers()).toEqual([opus, sonnet]);
    expect(made.run("blame", "a.ts", "--ranges")).toContain("1 of 1 lines AI");
  });

  test("keeps an editor that was left with nothing written from making a commit", () => {
    using made = scene();
    made.repo.commit("start");
    made.run("config", "set", "commit.trailer", "assisted-by");
    made.agent("a.ts", "const one = 1;\n");
    made.repo.run(["add", "--all"]);
    const head = made.repo.run(["rev-parse", "HEAD"]);
    for (const more of [[], ["--verbose"]]) {
      const left = made.git(["commit", ...more], "true");
      expect(left.exitCode).toBe(1);
      expect(left.output).toContain("Aborting commit");
    }
    expect(made.repo.run(["rev-parse", "HEAD"])).toBe(head);
    // Control: without that hook git takes the trailer for a message.
    made.git(["commit", "--no-verify", "--quiet"], "true");
    expect(made.repo.run(["log", "-1", "--format=%s"])).toBe(sonnet);
  });
});

describe("the hooks of commit.trailer", () => {
  const script = '#!/bin/sh\necho theirs >> "$1"\n';
  const other = "#!/usr/bin/env node\nrequire('fs').appendFileSync(process.argv[2], 'theirs\\n')\n";

  test.each([
    ["a script", script],
    ["another language", other],
  ])("leave %s of somebody else's in its place, and go without a trace", (_what, text) => {
    using made = scene();
    writeFileSync(made.hook("prepare-commit-msg"), text);
    chmodSync(made.hook("prepare-commit-msg"), 0o755);
    const before = readdirSync(join(made.repo.path, ".git/hooks"));
    made.run("config", "set", "commit.trailer", "assisted-by");
    const once = readFileSync(made.hook("prepare-commit-msg"), "utf8");
    made.run("config", "set", "commit.trailer", "assisted-by");
    made.run("init");
    expect(readFileSync(made.hook("prepare-commit-msg"), "utf8")).toBe(once);
    made.agent("a.ts", "const one = 1;\n");
    made.repo.run(["add", "--all"]);
    commit(made, "-m", "work");
    const message = made.repo.run(["log", "-1", "--format=%B"]);
    expect(message).toContain("theirs");
    expect(message).toContain(sonnet);
    expect(made.run("hooks", "status")).toContain("prepare-commit-msg");
    expect(made.run("config", "reset", "commit.trailer")).toContain("commit.trailer is none again");
    expect(readFileSync(made.hook("prepare-commit-msg"), "utf8")).toBe(text);
    expect(statSync(made.hook("prepare-commit-msg")).mode & 0o111).not.toBe(0);
    expect(readdirSync(join(made.repo.path, ".git/hooks"))).toEqual(before);
  });

  test("that a team shares name nobody for those who did not ask, and are left to the team", () => {
    using made = scene();
    chmodSync(made.repo.write(".githooks/pre-commit", "#!/bin/sh\n"), 0o755);
    made.repo.run(["config", "core.hooksPath", ".githooks"]);
    made.repo.commit("hooks");
    made.run("config", "set", "commit.trailer", "assisted-by");
    expect(readdirSync(join(made.repo.path, ".githooks"))).toEqual(["pre-commit"]);
    made.run("init", "--shared");
    const shared = join(made.repo.path, ".githooks/prepare-commit-msg");
    // It calls the program by its name, as it does for everybody.
    const calls = readFileSync(shared, "utf8");
    writeFileSync(
      shared,
      calls.replace(/agent-trace commit-trailer/, `'${program}' commit-trailer`),
    );
    made.agent("a.ts", "const one = 1;\n");
    made.repo.run(["add", "a.ts"]);
    commit(made, "-m", "work");
    expect(made.trailers()).toEqual([sonnet]);
    made.run("config", "reset", "commit.trailer");
    expect(existsSync(shared)).toBe(true);
    made.agent("b.ts", "const two = 2;\n");
    made.repo.run(["add", "b.ts"]);
    commit(made, "-m", "more");
    expect(made.trailers()).toEqual([]);
  });

  test("do nothing where the program is gone", () => {
    using made = scene();
    made.run("config", "set", "commit.trailer", "assisted-by");
    for (const name of ["prepare-commit-msg", "commit-msg"]) {
      const text = readFileSync(made.hook(name), "utf8");
      writeFileSync(made.hook(name), text.replaceAll(program, "/nonexistent/agent-trace"));
    }
    made.agent("a.ts", "const one = 1;\n");
    made.repo.run(["add", "--all"]);
    commit(made, "-m", "work");
    expect(made.trailers()).toEqual([]);
  });
});
