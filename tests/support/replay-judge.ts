import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hashLine } from "../../src/schema/digest.ts";
import type { Ledger } from "../../src/schema/ledger.ts";
import type { Trace } from "../../src/schema/trace.ts";
import type { Project } from "../../src/workflows/projects/find-project.ts";
import { readAttribution } from "../../src/workflows/provenance/read-attribution.ts";
import type { Score } from "./replay-score.ts";
import {
  type Author,
  type TrackedFile,
  type TrackedLine,
  cut,
  isAlike,
  takeSources,
} from "./tracked-file.ts";

/** The work of a session that is judged: its files as they should be, and the repository that they stand in. */
export interface JudgedWork {
  readonly files: ReadonlyMap<string, TrackedFile>;
  readonly root: string;
  readonly project: Project;
  /** In a mode what one commit lacks may be claimed by the last one. */
  readonly isInMode: boolean;
  git(...args: string[]): string;
}

/** Holds what is claimed against who really wrote each line. */
export class ReplayJudge {
  readonly #work: JudgedWork;
  readonly #score: Score;
  /** Lines that git itself takes for an older one of an agent's, which reads the same. */
  readonly #mistaken = new Set<TrackedLine>();
  readonly #moved = new WeakSet<TrackedLine>();
  /** Lines that a commit has. */
  readonly #committed = new WeakSet<TrackedLine>();
  /** The commit that HEAD was before a line was first committed. */
  readonly #broughtAfter = new WeakMap<TrackedLine, string>();
  /** Lines of the agent's that git took for older ones at some time. */
  readonly #passed = new WeakSet<TrackedLine>();
  /** The last commit that was judged. */
  #head = "";

  constructor(work: JudgedWork, score: Score) {
    this.#work = work;
    this.#score = score;
  }

  /** All lines as they stand now are in a commit. */
  noteCommitted(): void {
    for (const { lines } of this.#work.files.values())
      for (const line of lines) this.#committed.add(line);
    this.#head = this.#work.git("rev-parse", "HEAD").trim();
  }

  /**
   * An event or a commit is about to see a file. A person may have copied an agent's lines since, and changed or
   * deleted one of these: nothing tells the copy from those lines moved, and nothing is expected of it.
   */
  look(path: string): void {
    const present = new Set([...this.#work.files.values()].flatMap(({ lines }) => lines));
    for (const line of this.#work.files.get(path)?.lines ?? []) {
      const isMoved = takeSources(line).some(
        (source) => source.author === "agent" && !present.has(source),
      );
      if (isMoved) this.#moved.add(line);
    }
  }

  /**
   * Every line of every file, by what `blame` says of it. Before the mode's last act it is only noted which lines git
   * takes for others: what commits claim was judged as they were made.
   */
  async judgeFiles(isBefore: boolean): Promise<void> {
    const hashes = new Set([...this.#tracedHashes().values()].flatMap((list) => [...list]));
    for (const [path, file] of this.#work.files) {
      if (!existsSync(join(this.#work.root, path))) throw new Error(`${path} is gone`);
      // Git puts equal lines together in its own way now and then: what it made of that file is nobody's word.
      if (readFileSync(join(this.#work.root, path), "utf8") !== file.text) continue;
      const claimed = await this.#claimedLines(path);
      const swapped = swappedLines(file, claimed);
      const passing = this.#passingForOld(path, file, isBefore);
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
   * Lines of the agent's that git takes for older ones which read the same: it says that the commit which brought them
   * has not added them, so there is none that could claim them. `isBefore`: while no commit has been made again.
   */
  #passingForOld(path: string, file: TrackedFile, isBefore: boolean): Set<number> {
    const order = cut(this.#work.git("rev-list", "--reverse", "HEAD"));
    const places = new Map(order.map((sha, place) => [sha, place]));
    const rows = this.#work.git("blame", "-s", "-l", "--root", "--", path).split("\n");
    const passing = new Set<number>();
    for (const [at, line] of file.lines.entries()) {
      if (line.author !== "agent") continue;
      const place = places.get(rows[at]?.split(" ")[0] ?? "");
      const before = isBefore ? places.get(this.#broughtAfter.get(line) ?? "") : 0;
      if (place !== undefined && before !== undefined && place <= before) this.#passed.add(line);
      if (this.#passed.has(line)) passing.add(at);
    }
    return passing;
  }

  async #claimedLines(path: string): Promise<Set<number>> {
    const { attributions } = await readAttribution(this.#work.project, join(this.#work.root, path));
    const claimed = new Set<number>();
    for (const { start_line, end_line, kind } of attributions) {
      if (kind !== "AI") continue;
      for (let line = start_line; line <= end_line; line++) claimed.add(line);
    }
    return claimed;
  }

  /** A line and its surroundings, as whoever looks for the cause wants to see them. */
  #fault(path: string, index: number, claimed: ReadonlySet<number>): void {
    const lines = this.#work.files.get(path)?.lines ?? [];
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

  judge(ledger: Ledger | undefined): void {
    const patch = this.#work.git("show", "--format=", "--unified=0", "--no-renames", "HEAD");
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
      const file = this.#work.files.get(changed)?.lines ?? [];
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
        if (!this.#work.isInMode) this.#count(tracked.author, isClaimed, byHash);
        else if (isClaimed && tracked.author !== "agent") this.#score[`${tracked.author}Claimed`]++;
        if (isClaimed === (tracked.author === "agent")) continue;
        // In a mode what is missing in one commit may be claimed by the last one.
        if (this.#work.isInMode && !isClaimed) continue;
        this.#score.faults.push(
          `${tracked.author} ${changed}:${at} ${JSON.stringify(tracked.text)}`,
        );
      }
      for (const line of file) {
        if (!this.#committed.has(line)) this.#broughtAfter.set(line, this.#head);
        this.#committed.add(line);
      }
    }
    this.#head = this.#work.git("rev-parse", "HEAD").trim();
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
    if (!existsSync(this.#work.project.paths.traces)) return hashes;
    for (const line of cut(readFileSync(this.#work.project.paths.traces, "utf8"))) {
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
