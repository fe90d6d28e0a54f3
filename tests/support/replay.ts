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
import { linkCommit } from "../../src/workflows/provenance/link-commit.ts";
import { recordEvent } from "../../src/workflows/provenance/record-event.ts";
import { temporaryDirectory } from "./directories.ts";
import { type AppliedEdit, type Deliver, deliverAsClaudeCode } from "./deliver-edits.ts";
import { type Random, seeded } from "./random.ts";
import { gitTestEnvironment } from "./repository.ts";
import { type Author, type TrackedEdit, TrackedFile, actAsPerson, cut } from "./tracked-file.ts";

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
  options: { seed: number; people: boolean; score: Score; deliver?: Deliver },
): Promise<void> {
  using directory = temporaryDirectory();
  const { score, seed, deliver = deliverAsClaudeCode } = options;
  const replay = new Replay(directory.path, score, { random: seeded(seed), deliver });
  await replay.run(edits, options.people);
}

class Replay {
  readonly #root: string;
  readonly #home: string;
  readonly #score: Score;
  readonly #random: Random;
  readonly #files = new Map<string, TrackedFile>();
  readonly #project: Project;
  #calls = 0;

  readonly #deliver: Deliver;

  constructor(
    directory: string,
    score: Score,
    { random, deliver }: { readonly random: Random; readonly deliver: Deliver },
  ) {
    this.#deliver = deliver;
    this.#root = join(directory, "repository");
    this.#home = join(directory, "home");
    this.#score = score;
    this.#random = random;
    mkdirSync(this.#root);
    this.#git("init", "-q");
    const repository = findRepository(this.#root);
    if (repository === undefined) throw new Error("no repository");
    const paths: ProjectPaths = projectPaths(this.#home, createAnchor(repository));
    mkdirSync(paths.directory, { recursive: true });
    writeFileSync(paths.config, "{}");
    this.#project = { paths, git: { repository, environment: process.env } };
  }

  async run(edits: readonly SessionEdit[], people: boolean): Promise<void> {
    // What the session found there was there before it.
    const seen = new Set<string>();
    for (const { path, original } of edits) {
      if (original !== null && !seen.has(path))
        this.#write(path, new TrackedFile(original, "base"));
      seen.add(path);
    }
    this.#git("add", "-A");
    this.#git("commit", "-q", "--allow-empty", "-m", "before");
    let untilCommit = 3;
    for (const edit of edits) {
      if (people) this.#person();
      await this.#agent(edit);
      if (people) this.#person();
      if (--untilCommit > 0) continue;
      untilCommit = 2 + this.#random.below(5);
      await this.#commit();
    }
    this.#git("add", "-A");
    await this.#commit();
  }

  #git(...args: string[]): string {
    const result = Bun.spawnSync(["git", "-c", "core.hooksPath=/", ...args], {
      cwd: this.#root,
      env: gitTestEnvironment as Record<string, string>,
    });
    if (result.exitCode !== 0) throw new Error(result.stderr.toString());
    return result.stdout.toString();
  }

  #write(path: string, file: TrackedFile): void {
    this.#files.set(path, file);
    mkdirSync(dirname(join(this.#root, path)), { recursive: true });
    writeFileSync(join(this.#root, path), file.text);
  }

  #person(): void {
    const touched = [...this.#files];
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
    const known = this.#files.get(edit.path);
    const file = known ?? new TrackedFile("", "base");
    const before = known === undefined ? null : file.text;
    const applied = this.#apply(file, edit);
    if (applied === undefined) return;
    this.#score.edits++;
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
    this.#files.delete(edit.path);
    this.#write(edit.path, file);
    await this.#record(payloads.after);
  }

  /** Changes the file as the agent would; undefined where it could not edit. */
  #apply(file: TrackedFile, edit: SessionEdit): AppliedEdit | undefined {
    const { oldText, newText, replaceAll, write } = edit;
    if (write !== undefined) {
      const steps = [file.replaceText(0, file.text.length, write, "agent")];
      return { write, oldText: "", newText: "", replaceAll: false, steps };
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
    return { write: undefined, oldText: needle, newText, replaceAll, steps };
  }

  async #record(payload: object): Promise<void> {
    const found = await recognise(JSON.stringify(payload));
    if (found.kind !== "event") throw new Error(found.kind);
    const world = { home: this.#home, environment: process.env, now: () => new Date() };
    await recordEvent(world, found.event, found.readOrigin);
  }

  async #commit(): Promise<void> {
    // Now and then only some of the files.
    const paths = [...this.#files.keys()].filter(() => this.#random.chance(0.85));
    if (paths.length > 0) this.#git("add", "--", ...paths);
    if (this.#git("diff", "--cached", "--name-only") === "") return;
    this.#git("commit", "-q", "-m", "work");
    this.#score.commits++;
    const { ledger } = await linkCommit(this.#project, "HEAD", { now: new Date() });
    this.#judge(ledger);
  }

  #judge(ledger: Ledger | undefined): void {
    const patch = this.#git("show", "--format=", "--unified=0", "--no-renames", "HEAD");
    let path = "";
    const traced = this.#tracedHashes();
    for (const line of patch.split("\n")) {
      if (line.startsWith("+++ ")) path = line.slice(6);
      const hunk = /^@@ -\S+ \+(\d+)(?:,(\d+))? @@/.exec(line);
      if (hunk === null) continue;
      const claimed = (at: number): boolean =>
        ledger?.files[path]?.line_attributions.some(
          ({ start_line, end_line }) => start_line <= at && at <= end_line,
        ) === true;
      const start = Number(hunk[1]);
      for (let at = start; at < start + Number(hunk[2] ?? 1); at++) {
        const tracked = this.#files.get(path)?.lines[at - 1];
        if (tracked === undefined) throw new Error(`no line ${at} in ${path}`);
        const byHash = traced.get(path)?.has(hashLine(tracked.text)) === true;
        this.#count(tracked.author, claimed(at), byHash);
        if (claimed(at) === (tracked.author === "agent")) continue;
        this.#score.faults.push(`${tracked.author} ${path}:${at} ${JSON.stringify(tracked.text)}`);
      }
    }
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
