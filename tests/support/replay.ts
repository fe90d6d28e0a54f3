import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { recognise } from "../../src/capture/recognise.ts";
import { createAnchor } from "../../src/git/anchor.ts";
import { findRepository } from "../../src/git/find-repository.ts";
import { type ProjectPaths, projectPaths } from "../../src/store/files/paths.ts";
import type { Project } from "../../src/workflows/projects/find-project.ts";
import { openHistory } from "../../src/store/open-history.ts";
import { linkCommit } from "../../src/workflows/provenance/link-commit.ts";
import { recordEvent } from "../../src/workflows/provenance/record-event.ts";
import { temporaryDirectory } from "./directories.ts";
import { deliverAsClaudeCode } from "./deliver-claude-shaped.ts";
import type { Deliver } from "./edit-delivery.ts";
import { compiledProgram } from "./program.ts";
import { type Random, seeded } from "./random.ts";
import { ReplayJudge } from "./replay-judge.ts";
import type { Score } from "./replay-score.ts";
import { type SessionEdit, applyEdit } from "./replay-sessions.ts";
import { gitTestEnvironment } from "./repository.ts";
import { TrackedFile, actAsPerson } from "./tracked-file.ts";

/** One session in a repository of its own, people's typing mixed in as the seed says, committed every few edits. */
export async function replaySession(
  edits: readonly SessionEdit[],
  options: { seed: number; people: boolean; score: Score; deliver?: Deliver; mode?: ReplayMode },
): Promise<void> {
  using directory = temporaryDirectory();
  const { score, seed, deliver = deliverAsClaudeCode, mode } = options;
  const replay = new Replay(directory.path, score, { random: seeded(seed), deliver, mode });
  await replay.run(edits, options.people);
}

/** What a mode does to the work of a session. In a mode git's own hooks link the commits, by the compiled program. */
export interface ReplayMode {
  readonly name: string;
  /** How many of the edits are made by a shell command, from 0 to 1. */
  readonly byShell?: number;
  /** A work tree of its own beside the first one. */
  readonly linked?: boolean;
  /** A formatter that runs before each commit: what becomes of one line. */
  format?(line: string): readonly string[];
  /** In the place of `git commit`; `number` counts from 0. */
  commit?(replay: Replay, number: number): void;
  /** After the last commit. */
  finish?(replay: Replay): void;
}

export class Replay {
  readonly directory: string;
  #root: string;
  readonly #home: string;
  readonly #score: Score;
  readonly #random: Random;
  readonly #mode: ReplayMode | undefined;
  readonly files = new Map<string, TrackedFile>();
  #project: Project;
  #calls = 0;
  #commits = 0;
  readonly #judge: ReplayJudge;
  readonly #deliver: Deliver;

  constructor(
    directory: string,
    score: Score,
    {
      random,
      deliver,
      mode,
    }: {
      readonly random: Random;
      readonly deliver: Deliver;
      readonly mode: ReplayMode | undefined;
    },
  ) {
    this.#deliver = deliver;
    this.directory = directory;
    this.#root = join(directory, "repository");
    this.#home = join(directory, "home");
    this.#score = score;
    this.#random = random;
    this.#mode = mode;
    this.#judge = new ReplayJudge(this, score);
    mkdirSync(this.#root);
    this.git("init", "-q", "-b", "main");
    const repository = findRepository(this.#root);
    if (repository === undefined) throw new Error("no repository");
    const paths: ProjectPaths = projectPaths(this.#home, createAnchor(repository));
    mkdirSync(paths.directory, { recursive: true });
    writeFileSync(paths.config, "{}");
    this.#project = { paths, git: { repository, environment: process.env } };
  }

  get root(): string {
    return this.#root;
  }

  get project(): Project {
    return this.#project;
  }

  get isInMode(): boolean {
    return this.#mode !== undefined;
  }

  /** From now on the session goes on, and is judged, in another work tree. */
  moveTo(root: string): void {
    const repository = findRepository(root);
    if (repository === undefined) throw new Error(`no repository in ${root}`);
    this.#root = root;
    this.#project = { ...this.#project, git: { ...this.#project.git, repository } };
  }

  /** Another clone is judged: a project of its own in the same home. */
  moveToClone(root: string): void {
    this.moveTo(root);
    const paths = projectPaths(this.#home, createAnchor(this.#project.git.repository));
    this.program("init", "--quiet");
    this.#project = { ...this.#project, paths };
  }

  program(...args: string[]): string {
    return this.#run([compiledProgram(), ...args]);
  }

  async run(edits: readonly SessionEdit[], people: boolean): Promise<void> {
    // What the session found there was there before it.
    const seen = new Set<string>();
    for (const { path, original } of edits) {
      if (original !== null && !seen.has(path))
        this.#write(path, new TrackedFile(original, "base"));
      seen.add(path);
    }
    this.git("add", "-A");
    this.git("commit", "-q", "--allow-empty", "-m", "before");
    this.#judge.noteCommitted();
    if (this.#mode !== undefined) this.program("init", "--quiet");
    this.git("branch", "base");
    if (this.#mode?.linked === true) {
      this.git("worktree", "add", "-q", join(this.directory, "linked"), "-b", "linked");
      this.moveTo(join(this.directory, "linked"));
    }
    let untilCommit = 3;
    for (const edit of edits) {
      if (people) this.#person();
      await this.#agent(edit);
      if (people) this.#person();
      if (--untilCommit > 0) continue;
      untilCommit = 2 + this.#random.below(5);
      await this.#commit();
    }
    this.git("add", "-A");
    await this.#commit();
    if (this.#mode === undefined) return;
    await this.#judge.judgeFiles(true);
    this.#mode.finish?.(this);
    await this.#judge.judgeFiles(false);
  }

  git(...args: string[]): string {
    const hooks = this.#mode === undefined ? ["-c", "core.hooksPath=/"] : [];
    return this.#run(["git", ...hooks, ...args]);
  }

  shell(command: string): void {
    this.#run(["sh", "-c", command]);
  }

  #run(argv: readonly string[]): string {
    const environment = { ...gitTestEnvironment, AGENT_TRACE_HOME: this.#home, GIT_EDITOR: "true" };
    const result = Bun.spawnSync([...argv], {
      cwd: this.#root,
      env: environment as Record<string, string>,
    });
    if (result.exitCode !== 0) throw new Error(`${argv.join(" ")}: ${result.stderr.toString()}`);
    return result.stdout.toString();
  }

  #write(path: string, file: TrackedFile): void {
    this.files.set(path, file);
    mkdirSync(dirname(join(this.#root, path)), { recursive: true });
    writeFileSync(join(this.#root, path), file.text);
  }

  #person(): void {
    const touched = [...this.files];
    while (touched.length > 0 && this.#random.chance(0.45)) {
      // People work where the agent has just worked more often than elsewhere.
      const near = this.#random.chance(0.7) ? touched.slice(-2) : touched;
      actAsPerson(
        near.map(([, file]) => file),
        this.#random,
      );
      for (const [path, file] of near) this.#write(path, file);
    }
  }

  async #agent(edit: SessionEdit): Promise<void> {
    this.#judge.look(edit.path);
    const known = this.files.get(edit.path);
    const file = known ?? new TrackedFile("", "base");
    const before = known === undefined ? null : file.text;
    const applied = applyEdit(file, edit, this.#mode?.format !== undefined);
    if (applied === undefined) return;
    this.#score.edits++;
    if (this.#random.chance(this.#mode?.byShell ?? 0)) return this.#byShell(edit.path, file);
    const payloads = this.#deliver({
      root: this.#root,
      home: this.#home,
      path: join(this.#root, edit.path),
      call: `toolu_${this.#calls++}`,
      before,
      after: file.text,
      ...applied,
    });
    // An agent that tells what was before an edit only before it needs to be heard then.
    const isHeard = this.#random.chance(0.5) || payloads.needsBefore === true;
    if (payloads.before !== undefined && isHeard) await this.#record(payloads.before);
    this.files.delete(edit.path);
    this.#write(edit.path, file);
    await this.#record(payloads.after);
  }

  /** The same change, made by a command that the agent has the shell run. */
  async #byShell(path: string, file: TrackedFile): Promise<void> {
    const call = {
      session_id: "session",
      cwd: this.#root,
      tool_name: "Bash",
      tool_use_id: `toolu_${this.#calls++}`,
      tool_input: { command: "some script" },
    };
    await this.#record({ hook_event_name: "PreToolUse", ...call });
    this.files.delete(path);
    this.#write(path, file);
    const tool_response = { stdout: "", stderr: "", interrupted: false };
    await this.#record({ hook_event_name: "PostToolUse", ...call, tool_response });
  }

  async #record(payload: object): Promise<void> {
    const found = await recognise(JSON.stringify(payload));
    if (found.kind !== "event") throw new Error(found.kind);
    const program = { version: "", commit: "", target: "test", path: "/nowhere" };
    const world = { home: this.#home, environment: process.env, program, now: () => new Date() };
    await recordEvent(world, found.event, found.readOrigin);
  }

  async #commit(): Promise<void> {
    // Now and then only some of the files.
    const paths = [...this.files.keys()].filter(() => this.#random.chance(0.85));
    for (const path of paths) this.#judge.look(path);
    if (paths.length > 0) this.git("add", "--", ...paths);
    if (this.git("diff", "--cached", "--name-only") === "") return;
    this.#score.commits++;
    if (this.#mode !== undefined) return this.#commitInMode(this.#mode);
    this.git("commit", "-q", "-m", "work");
    const { ledger } = await linkCommit(this.#project, "HEAD", { now: new Date() });
    this.#judge.judge(ledger);
  }

  #commitInMode(mode: ReplayMode): void {
    if (mode.format !== undefined) this.#format(mode.format);
    const number = this.#commits++;
    if (mode.commit === undefined) this.git("commit", "-q", "-m", `work ${number}`);
    else mode.commit(this, number);
    using history = openHistory(this.#project.paths);
    const head = this.git("rev-parse", "HEAD").trim();
    this.#judge.judge(history.ledgers([head]).get(head));
  }

  /** As a hook before the commit does it: what is staged is formatted and staged again. */
  #format(format: (line: string) => readonly string[]): void {
    for (const path of this.git("diff", "--cached", "--name-only", "-z").split("\0")) {
      const file = this.files.get(path);
      if (file === undefined) continue;
      file.lines = file.lines.flatMap((line) =>
        format(line.text).map((text) => (text === line.text ? line : { ...line, text })),
      );
      this.#write(path, file);
      this.git("add", "--", path);
    }
  }
}
