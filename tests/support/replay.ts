import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { recognise } from "../../src/capture/recognise.ts";
import { createAnchor } from "../../src/git/anchor.ts";
import { findRepository } from "../../src/git/find-repository.ts";
import { hashLine } from "../../src/schema/digest.ts";
import type { Ledger } from "../../src/schema/ledger.ts";
import type { Trace } from "../../src/schema/trace.ts";
import { type ProjectPaths, projectPaths } from "../../src/store/files/paths.ts";
import type { Project } from "../../src/workflows/projects/find-project.ts";
import { openHistory } from "../../src/store/open-history.ts";
import { linkCommit } from "../../src/workflows/provenance/link-commit.ts";
import { readAttribution } from "../../src/workflows/provenance/read-attribution.ts";
import { recordEvent } from "../../src/workflows/provenance/record-event.ts";
import { temporaryDirectory } from "./directories.ts";
import { deliverAsClaudeCode } from "./deliver-claude-shaped.ts";
import type { AppliedEdit, Deliver } from "./edit-delivery.ts";
import { compiledProgram } from "./program.ts";
import { type Random, seeded } from "./random.ts";
import { gitTestEnvironment } from "./repository.ts";
import {
  type Author,
  type TrackedEdit,
  TrackedFile,
  type TrackedLine,
  actAsPerson,
  cut,
  isAlike,
  takeSources,
} from "./tracked-file.ts";

/** An edit of a real session, as its transcript tells it. */
export interface SessionEdit {
  readonly path: string;
  readonly original: string | null;
  /** A whole text, or one text for another. */
  readonly write: string | undefined;
  readonly oldText: string;
  readonly newText: string;
  readonly replaceAll: boolean;
}

/** How many lines of which author a run saw in commits, and how many of them were claimed for an agent. */
export interface Score {
  agent: number;
  agentClaimed: number;
  person: number;
  personClaimed: number;
  base: number;
  baseClaimed: number;
  edits: number;
  commits: number;
  /** The same counts where any line is claimed whose hash an earlier trace of the file holds. */
  hashAgentClaimed: number;
  hashPersonClaimed: number;
  readonly faults: string[];
}

export function emptyScore(): Score {
  return {
    agent: 0,
    agentClaimed: 0,
    person: 0,
    personClaimed: 0,
    base: 0,
    baseClaimed: 0,
    edits: 0,
    commits: 0,
    hashAgentClaimed: 0,
    hashPersonClaimed: 0,
    faults: [],
  };
}

/** The sessions of a directory of transcripts, each as its edits in order. */
export function readSessions(directory: string): Map<string, SessionEdit[]> {
  const sessions = new Map<string, SessionEdit[]>();
  for (const name of readdirSync(directory).sort()) {
    if (!name.startsWith("claude-code-") || !name.endsWith(".jsonl")) continue;
    const edits: SessionEdit[] = [];
    for (const line of readFileSync(join(directory, name), "utf8").split("\n")) {
      const edit = parseEdit(line);
      if (edit !== undefined) edits.push(edit);
    }
    if (edits.length > 0) sessions.set(name, edits);
  }
  return sessions;
}

function parseEdit(line: string): SessionEdit | undefined {
  let record: { toolUseResult?: Record<string, unknown> } | undefined;
  try {
    record = JSON.parse(line);
  } catch {
    return undefined;
  }
  const result = record?.toolUseResult;
  if (typeof result !== "object" || result === null || !("originalFile" in result))
    return undefined;
  const { filePath, originalFile, content, oldString, newString, replaceAll } = result;
  if (typeof filePath !== "string") return undefined;
  return {
    path: filePath.split("/").slice(-4).join("/"),
    original: typeof originalFile === "string" ? originalFile : null,
    write: typeof content === "string" && newString === undefined ? content : undefined,
    oldText: typeof oldString === "string" ? oldString : "",
    newText: typeof newString === "string" ? newString : "",
    replaceAll: replaceAll === true,
  };
}

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
  /** Lines that git itself takes for an older one of an agent's, which reads the same. */
  readonly #mistaken = new Set<TrackedLine>();
  readonly #moved = new WeakSet<TrackedLine>();
  /** Lines that a commit has. */
  readonly #committed = new WeakSet<TrackedLine>();

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
    for (const { lines } of this.files.values())
      for (const line of lines) this.#committed.add(line);
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
    await this.#judgeFiles(true);
    this.#mode.finish?.(this);
    await this.#judgeFiles(false);
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

  /**
   * An event or a commit is about to see a file. A person may have copied an agent's lines since, and changed or
   * deleted one of these: nothing tells the copy from those lines moved, and nothing is expected of it.
   */
  #look(path: string): void {
    const present = new Set([...this.files.values()].flatMap(({ lines }) => lines));
    for (const line of this.files.get(path)?.lines ?? []) {
      const isMoved = takeSources(line).some(
        (source) => source.author === "agent" && !present.has(source),
      );
      if (isMoved) this.#moved.add(line);
    }
  }

  async #agent(edit: SessionEdit): Promise<void> {
    this.#look(edit.path);
    const known = this.files.get(edit.path);
    const file = known ?? new TrackedFile("", "base");
    const before = known === undefined ? null : file.text;
    const applied = this.#apply(file, edit);
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

  /** Changes the file as the agent would; undefined where it could not edit. */
  #apply(file: TrackedFile, edit: SessionEdit): AppliedEdit | undefined {
    const { replaceAll, write } = edit;
    const isFormatted = this.#mode?.format !== undefined && !file.text.includes(edit.oldText);
    const { oldText, newText } = isFormatted ? asRead(edit) : edit;
    if (write !== undefined) {
      const steps = [file.replaceText(0, file.text.length, write, "agent")];
      return { write, oldText: "", asked: "", newText: "", replaceAll: false, steps };
    }
    const text = file.text;
    const first = text.indexOf(oldText);
    if (oldText === "" || first < 0) return undefined;
    if (!replaceAll && text.includes(oldText, first + 1)) return undefined;
    const withBreak = newText === "" && !oldText.endsWith("\n") && text.includes(`${oldText}\n`);
    const needle = withBreak ? `${oldText}\n` : oldText;
    const steps: TrackedEdit[] = [];
    for (let at = file.text.indexOf(needle); at >= 0;) {
      steps.push(file.replaceText(at, at + needle.length, newText, "agent"));
      at = replaceAll ? file.text.indexOf(needle, at + newText.length) : -1;
    }
    return { write: undefined, oldText: needle, asked: oldText, newText, replaceAll, steps };
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
    for (const path of paths) this.#look(path);
    if (paths.length > 0) this.git("add", "--", ...paths);
    if (this.git("diff", "--cached", "--name-only") === "") return;
    this.#score.commits++;
    if (this.#mode !== undefined) return this.#commitInMode(this.#mode);
    this.git("commit", "-q", "-m", "work");
    const { ledger } = await linkCommit(this.#project, "HEAD", { now: new Date() });
    this.#judge(ledger);
  }

  #commitInMode(mode: ReplayMode): void {
    if (mode.format !== undefined) this.#format(mode.format);
    const number = this.#commits++;
    if (mode.commit === undefined) this.git("commit", "-q", "-m", `work ${number}`);
    else mode.commit(this, number);
    using history = openHistory(this.#project.paths);
    const head = this.git("rev-parse", "HEAD").trim();
    this.#judge(history.ledgers([head]).get(head));
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

  /**
   * Every line of every file, by what `blame` says of it. Before the mode's last act it is only noted which lines git
   * takes for others: what commits claim was judged as they were made.
   */
  async #judgeFiles(isBefore: boolean): Promise<void> {
    const hashes = new Set([...this.#tracedHashes().values()].flatMap((list) => [...list]));
    for (const [path, file] of this.files) {
      if (!existsSync(join(this.#root, path))) throw new Error(`${path} is gone`);
      // Git puts equal lines together in its own way now and then: what it made of that file is nobody's word.
      if (readFileSync(join(this.#root, path), "utf8") !== file.text) continue;
      const claimed = await this.#claimedLines(path);
      const swapped = swappedLines(file, claimed);
      const passing = isBefore ? new Set() : this.#passingForOld(path, file);
      for (const [index, line] of file.lines.entries()) {
        if (this.#moved.has(line)) continue;
        const { author, text } = line;
        const isClaimed = claimed.has(index + 1) !== swapped.has(index);
        if (author === "agent" && !isClaimed && (isAlike(line) || passing.has(index))) continue;
        const isWrong = isClaimed !== (author === "agent");
        if (isBefore) {
          if (isWrong && author !== "agent") this.#mistaken.add(line);
          continue;
        }
        const isExcused = isWrong && this.#mistaken.has(line);
        this.#count(author, isClaimed && !isExcused, hashes.has(hashLine(text)));
        if (isWrong && !isExcused) this.#fault(path, index, claimed);
      }
    }
  }

  /**
   * Lines of the agent's that git takes for ones of the first commit, and none of that one's for new in their place: git
   * says that no commit since has added them, so there is none that could claim them.
   */
  #passingForOld(path: string, file: TrackedFile): Set<number> {
    const root = this.git("rev-list", "--max-parents=0", "HEAD").trim();
    const rows = this.git("blame", "-s", "-l", "--root", "--", path).split("\n");
    const isOld = (at: number): boolean => rows[at]?.startsWith(root) === true;
    const others = new Map<string, number>();
    for (const [at, { author, text }] of file.lines.entries()) {
      if (author !== "agent" && !isOld(at)) others.set(text, (others.get(text) ?? 0) + 1);
    }
    const passing = new Set<number>();
    for (const [at, { author, text }] of file.lines.entries()) {
      if (author !== "agent" || !isOld(at)) continue;
      const left = others.get(text) ?? 0;
      if (left === 0) passing.add(at);
      else others.set(text, left - 1);
    }
    return passing;
  }

  async #claimedLines(path: string): Promise<Set<number>> {
    const { attributions } = await readAttribution(this.#project, join(this.#root, path));
    const claimed = new Set<number>();
    for (const { start_line, end_line, kind } of attributions) {
      if (kind !== "AI") continue;
      for (let line = start_line; line <= end_line; line++) claimed.add(line);
    }
    return claimed;
  }

  /** A line and its surroundings, as whoever looks for the cause wants to see them. */
  #fault(path: string, index: number, claimed: ReadonlySet<number>): void {
    const lines = this.files.get(path)?.lines ?? [];
    const from = Math.max(0, index - 4);
    const near = lines
      .slice(from, index + 5)
      .map(
        ({ author, text }, at) =>
          `    ${author} ${claimed.has(from + at + 1) ? "AI" : "--"} ${JSON.stringify(text)}`,
      );
    const { author, text } = lines[index] ?? { author: "base", text: "" };
    this.#score.faults.push(
      [`${author} ${path}:${index + 1} ${JSON.stringify(text)}`, ...near].join("\n"),
    );
  }

  #judge(ledger: Ledger | undefined): void {
    const patch = this.git("show", "--format=", "--unified=0", "--no-renames", "HEAD");
    let path = "";
    const traced = this.#tracedHashes();
    const added = new Map<string, number[]>();
    for (const line of patch.split("\n")) {
      if (line.startsWith("+++ ")) path = line.slice(6);
      const hunk = /^@@ -\S+ \+(\d+)(?:,(\d+))? @@/.exec(line);
      if (hunk === null) continue;
      const start = Number(hunk[1]);
      const lines = Array.from({ length: Number(hunk[2] ?? 1) }, (_, at) => start + at);
      added.set(path, [...(added.get(path) ?? []), ...lines]);
    }
    for (const [changed, lines] of added) {
      const file = this.files.get(changed)?.lines ?? [];
      const claimed = new Set(
        ledger?.files[changed]?.line_attributions.flatMap(({ start_line, end_line }) =>
          Array.from({ length: end_line - start_line + 1 }, (_, at) => start_line + at),
        ),
      );
      const mistaken = this.#takenForNew(file, lines);
      for (const at of lines) {
        const tracked = file[at - 1];
        if (tracked === undefined) throw new Error(`no line ${at} in ${changed}`);
        if (this.#moved.has(tracked) || mistaken.has(at)) continue;
        const byHash = traced.get(changed)?.has(hashLine(tracked.text)) === true;
        const isClaimed = claimed.has(at);
        if (tracked.author === "agent" && !isClaimed && isAlike(tracked)) continue;
        if (this.#mode === undefined) this.#count(tracked.author, isClaimed, byHash);
        else if (isClaimed && tracked.author !== "agent") this.#score[`${tracked.author}Claimed`]++;
        if (isClaimed === (tracked.author === "agent")) continue;
        // In a mode what is missing in one commit may be claimed by the last one.
        if (this.#mode !== undefined && !isClaimed) continue;
        this.#score.faults.push(
          `${tracked.author} ${changed}:${at} ${JSON.stringify(tracked.text)}`,
        );
      }
      for (const line of file) this.#committed.add(line);
    }
  }

  /**
   * Lines that stood in a commit before and that git takes for new ones, in the place of an agent's that read the same:
   * what git calls added is the agent's then.
   */
  #takenForNew(file: readonly TrackedLine[], added: readonly number[]): Set<number> {
    const isAdded = new Set(added);
    const missed = new Map<string, number>();
    for (const [at, line] of file.entries()) {
      if (line.author !== "agent" || isAdded.has(at + 1) || this.#committed.has(line)) continue;
      missed.set(line.text, (missed.get(line.text) ?? 0) + 1);
    }
    const taken = new Set<number>();
    for (const at of added) {
      const line = file[at - 1];
      const left = line === undefined ? 0 : (missed.get(line.text) ?? 0);
      if (line === undefined || left === 0 || !this.#committed.has(line)) continue;
      missed.set(line.text, left - 1);
      taken.add(at);
    }
    return taken;
  }

  #count(author: Author, claimed: boolean, byHash: boolean): void {
    const score = this.#score;
    score[author]++;
    if (claimed) score[`${author}Claimed`]++;
    if (byHash && author === "agent") score.hashAgentClaimed++;
    if (byHash && author === "person") score.hashPersonClaimed++;
  }

  #tracedHashes(): Map<string, Set<string>> {
    const hashes = new Map<string, Set<string>>();
    if (!existsSync(this.#project.paths.traces)) return hashes;
    for (const line of cut(readFileSync(this.#project.paths.traces, "utf8"))) {
      for (const { path, conversations } of (JSON.parse(line) as Trace).files) {
        const known = hashes.get(path) ?? new Set();
        hashes.set(path, known);
        for (const { line_hashes = [] } of conversations.flatMap(({ ranges }) => ranges)) {
          for (const { hash } of line_hashes) known.add(hash);
        }
      }
    }
    return hashes;
  }
}

/** An agent that edits a formatted text has read it, and repeats what it keeps as it stands there. */
function asRead({ oldText, newText }: SessionEdit): { oldText: string; newText: string } {
  const formatted = oldText.replaceAll("\t", "    ");
  const kept = new Set(formatted.split("\n"));
  const lines = newText.split("\n").map((line) => {
    const other = line.replaceAll("\t", "    ");
    return kept.has(other) ? other : line;
  });
  return { oldText: formatted, newText: lines.join("\n") };
}

/** Which of two equal lines is the older one, git decides: where it takes one for the other, nobody is wronged. */
function swappedLines(file: TrackedFile, claimed: ReadonlySet<number>): Set<number> {
  const swapped = new Set<number>();
  const missed = new Map<string, number[]>();
  for (const [index, { text, author }] of file.lines.entries()) {
    if (author !== "agent" || claimed.has(index + 1)) continue;
    const known = missed.get(text);
    if (known === undefined) missed.set(text, [index]);
    else known.push(index);
  }
  for (const [index, { text, author }] of file.lines.entries()) {
    if (author === "agent" || !claimed.has(index + 1)) continue;
    const other = missed.get(text)?.pop();
    if (other !== undefined) swapped.add(index).add(other);
  }
  return swapped;
}
