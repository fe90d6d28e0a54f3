/** Numbers that one can defend: sums over commits, policies over them and the forms in which others read both; pure. */

import { type Declared, DeclaredSums } from "./declared.ts";

/** How a commit came to be known: at the commit itself, afterwards, or not at all. */
export type Recorded = "hooks" | "later" | "unknown";

/** Lines of one file of one commit that one agent wrote. Nulls where the records do not say. */
export interface AgentLines {
  readonly agent: string | null;
  readonly model: string | null;
  readonly lines: number;
}

export interface CountedFile {
  readonly path: string;
  /** Undefined of a binary file. */
  readonly added: number | undefined;
  /** Not counted with the rest: a file that a program wrote, or that others did. */
  readonly apart: "generated" | "vendored" | "binary" | undefined;
  /** In sum at most `added`. */
  readonly ai: readonly AgentLines[];
}

export interface CountedCommit {
  readonly sha: string;
  readonly parent: string | undefined;
  readonly subject: string;
  readonly committedAt: Date;
  readonly author: string;
  readonly recorded: Recorded;
  /** Agents that the commit names itself. */
  readonly declared: readonly string[];
  readonly files: readonly CountedFile[];
}

/** `ai` and `unattributed` make `added`. Nothing that is unattributed is said to be a person's. */
export interface Lines {
  added: number;
  ai: number;
  unattributed: number;
}

export interface Coverage {
  commits: number;
  hooks: number;
  later: number;
  unknown: number;
  /** Added lines of the commits of which something is known; a share of AI is a share of these at most. */
  known_lines: number;
}

export type Grouping = "agent" | "model" | "directory" | "author" | "week";

export interface Group extends Lines {
  /** Null: lines that no agent is known to have written, or whose model is not known. */
  readonly key: string | null;
  readonly coverage: Coverage;
}

export interface Report {
  readonly lines: Lines;
  readonly coverage: Coverage;
  readonly agents: readonly AgentLines[];
  /** What commits say of themselves: no line of the sums rests on it. */
  readonly declared: readonly Declared[];
  readonly groups: readonly Group[];
  readonly files: readonly (Lines & { readonly path: string; readonly commits: number })[];
  readonly commits: readonly CommitLines[];
  readonly apart: Readonly<Record<"generated" | "vendored" | "binary", Apart>>;
}

export interface CommitLines extends Lines {
  readonly sha: string;
  readonly subject: string;
  readonly author: string;
  readonly committed_at: string;
  readonly recorded: Recorded;
  readonly declared: readonly string[];
}

export interface Apart {
  files: number;
  added: number;
  ai: number;
}

const noLines = (): Lines => ({ added: 0, ai: 0, unattributed: 0 });
const noCoverage = (): Coverage => ({ commits: 0, hooks: 0, later: 0, unknown: 0, known_lines: 0 });

/** Sums up commits. Files, commits and groups each make the total; one pass, whatever is asked. */
export function tally(commits: readonly CountedCommit[], by?: Grouping): Report {
  const lines = noLines();
  const coverage = noCoverage();
  const files = new Map<string, Lines & { path: string; commits: number }>();
  const agents = new Map<string, { agent: string | null; model: string | null; lines: number }>();
  const groups = new GroupSums(by);
  const apart = new ApartSums();
  const declared = new DeclaredSums();
  const rows = commits.map((commit): CommitLines => {
    const own = noLines();
    for (const file of commit.files) {
      if (file.apart !== undefined || file.added === undefined) {
        apart.add(file);
        continue;
      }
      const ai = sumOf(file.ai);
      const counted = { added: file.added, ai, unattributed: file.added - ai };
      const row = files.get(file.path) ?? { path: file.path, commits: 0, ...noLines() };
      files.set(file.path, row);
      row.commits++;
      for (const sum of [lines, own, row]) addLines(sum, counted);
      for (const { agent, model, lines: written } of file.ai) {
        const key = JSON.stringify([agent, model]);
        const known = agents.get(key) ?? { agent, model, lines: 0 };
        known.lines += written;
        agents.set(key, known);
      }
      groups.add(commit, file, counted);
    }
    cover(coverage, commit.recorded, own.added);
    groups.endCommit(commit);
    declared.add(commit.declared, own.ai);
    const { sha, subject, author, committedAt, recorded } = commit;
    const facts = { sha, subject, author, committed_at: committedAt.toISOString(), recorded };
    return { ...facts, declared: commit.declared, ...own };
  });
  return {
    lines,
    coverage,
    agents: [...agents.values()].sort((one, other) => other.lines - one.lines),
    declared: declared.all(),
    groups: groups.all(),
    files: [...files.values()].sort(
      (one, other) => other.added - one.added || (one.path < other.path ? -1 : 1),
    ),
    commits: rows,
    apart: apart.sums(),
  };
}

function sumOf(ai: readonly AgentLines[]): number {
  return ai.reduce((sum, { lines }) => sum + lines, 0);
}

function addLines(sum: Lines, { added, ai, unattributed }: Lines): void {
  sum.added += added;
  sum.ai += ai;
  sum.unattributed += unattributed;
}

function cover(coverage: Coverage, recorded: Recorded, added: number): void {
  coverage.commits++;
  coverage[recorded]++;
  if (recorded !== "unknown") coverage.known_lines += added;
}

/** The sums of one grouping. A commit that falls into several groups counts once in each. */
class GroupSums {
  readonly #by: Grouping | undefined;
  readonly #groups = new Map<string | null, Group>();
  /** Lines that the present commit brought to each of its groups. */
  readonly #touched = new Map<string | null, number>();

  constructor(by: Grouping | undefined) {
    this.#by = by;
  }

  add(commit: CountedCommit, file: CountedFile, counted: Lines): void {
    if (this.#by === "agent" || this.#by === "model") {
      for (const one of file.ai) {
        this.#count(one[this.#by] ?? "unknown", {
          added: one.lines,
          ai: one.lines,
          unattributed: 0,
        });
      }
      const { unattributed } = counted;
      if (unattributed > 0) this.#count(null, { added: unattributed, ai: 0, unattributed });
    } else if (this.#by !== undefined) this.#count(keyOf(this.#by, commit, file), counted);
  }

  #count(key: string | null, lines: Lines): void {
    const group = this.#groups.get(key) ?? { key, ...noLines(), coverage: noCoverage() };
    this.#groups.set(key, group);
    addLines(group, lines);
    this.#touched.set(key, (this.#touched.get(key) ?? 0) + lines.added);
  }

  endCommit({ recorded }: CountedCommit): void {
    for (const [key, added] of this.#touched) {
      const group = this.#groups.get(key);
      if (group !== undefined) cover(group.coverage, recorded, added);
    }
    this.#touched.clear();
  }

  /** Weeks in their order, all else by size; what no agent is known to have written comes last. */
  all(): Group[] {
    return [...this.#groups.values()].sort((one, other) => {
      if (one.key === null || other.key === null) return one.key === null ? 1 : -1;
      if (this.#by === "week") return one.key < other.key ? -1 : 1;
      return other.added - one.added || (one.key < other.key ? -1 : 1);
    });
  }
}

function keyOf(
  by: "directory" | "author" | "week",
  commit: CountedCommit,
  file: CountedFile,
): string {
  if (by === "author") return commit.author;
  if (by === "week") return weekOf(commit.committedAt);
  const end = file.path.lastIndexOf("/");
  return end < 0 ? "." : file.path.slice(0, end);
}

/** The ISO week of a time in UTC, as `2026-W07`: it belongs to the year that its Thursday is in. */
export function weekOf(time: Date): string {
  const day = new Date(Date.UTC(time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate()));
  day.setUTCDate(day.getUTCDate() + 4 - (day.getUTCDay() || 7));
  const first = Date.UTC(day.getUTCFullYear(), 0, 1);
  const week = Math.ceil(((day.getTime() - first) / 86_400_000 + 1) / 7);
  return `${day.getUTCFullYear()}-W${String(week).padStart(2, "0")}`;
}

class ApartSums {
  readonly #sums = { generated: none(), vendored: none(), binary: none() };
  readonly #seen = new Set<string>();

  add({ path, added = 0, apart = "binary", ai }: CountedFile): void {
    const sum = this.#sums[apart];
    if (!this.#seen.has(`${apart} ${path}`)) sum.files++;
    this.#seen.add(`${apart} ${path}`);
    sum.added += added;
    sum.ai += sumOf(ai);
  }

  sums(): Record<"generated" | "vendored" | "binary", Apart> {
    return this.#sums;
  }
}

function none(): Apart {
  return { files: 0, added: 0, ai: 0 };
}
