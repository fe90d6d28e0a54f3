import { expect, test } from "bun:test";
import { join } from "node:path";
import { createAnchor } from "../../../src/git/anchor.ts";
import { projectPaths } from "../../../src/store/files/paths.ts";
import { type AgentSession, agentSession } from "../../support/agent-session.ts";
import { importHistory, largeHistory } from "../../support/large-history.ts";

interface Lines {
  readonly added: number;
  readonly ai: number;
  readonly unattributed: number;
}
interface Report {
  readonly lines: Lines;
  readonly coverage: {
    readonly commits: number;
    readonly hooks: number;
    readonly later: number;
    readonly unknown: number;
  };
  readonly agents: readonly { readonly lines: number }[];
  readonly groups: readonly (Lines & { readonly coverage: { readonly commits: number } })[];
  readonly files: readonly (Lines & { readonly path: string })[];
  readonly commits: readonly (Lines & { readonly sha: string })[];
  readonly apart: Readonly<Record<string, { readonly added?: number; readonly files: number }>>;
}

const sum = (all: readonly Lines[]): Lines =>
  all.reduce<{ added: number; ai: number; unattributed: number }>(
    (total, { added, ai, unattributed }) => ({
      added: total.added + added,
      ai: total.ai + ai,
      unattributed: total.unattributed + unattributed,
    }),
    { added: 0, ai: 0, unattributed: 0 },
  );

/** Added lines of commits with one parent, as git counts them; files that stand apart are left out. */
function addedByGit({ repo }: AgentSession): number {
  const log = repo.run(["log", "--no-merges", "-M", "--numstat", "-z", "--format="]);
  let added = 0;
  const words = log.split("\0");
  for (let at = 0; at < words.length; at++) {
    const [, count, path] = /^\n?(\d+)\t\d+\t([^]*)$/.exec(words[at] ?? "") ?? [];
    if (count === undefined) continue;
    // A renamed file has both of its names in the words that follow.
    const name = path === "" ? words[at + 2] : path;
    if (path === "") at += 2;
    if (/^(?:gen|vendor)\//.test(name ?? "")) continue;
    added += Number(count);
  }
  return added;
}

test("the sums of two thousand commits with every kind of file are kept, however they are put together", async () => {
  using session = await agentSession();
  const project = projectPaths(
    join(session.home, ".agent-trace"),
    createAnchor(session.repo.repository),
  );
  const ids = importHistory(largeHistory(2000), { repo: session.repo.path, project });
  expect(ids.length).toBeGreaterThanOrEqual(2000);
  const report = (...words: string[]) => session.json<Report>(["report", ...words]);
  const whole = await report();
  const { lines, coverage } = whole;
  expect(lines.added).toBe(lines.ai + lines.unattributed);
  expect(sum(whole.files)).toEqual(lines);
  expect(sum(whole.commits)).toEqual(lines);
  expect(whole.commits.length).toBe(ids.length);
  expect(coverage.commits).toBe(ids.length);
  expect(coverage.hooks + coverage.later + coverage.unknown).toBe(ids.length);
  expect(whole.agents.reduce((total, agent) => total + agent.lines, 0)).toBe(lines.ai);
  // The history claims much and not all, and some of it twice or beyond the end of a file.
  expect(lines.ai).toBeGreaterThan(lines.added / 4);
  expect(lines.unattributed).toBeGreaterThan(lines.added / 4);
  // Merges bring nothing of their own here, so git's own count of the others is the whole.
  expect(lines.added).toBe(addedByGit(session));
  for (const kind of ["generated", "vendored", "binary"]) {
    expect(whole.apart[kind]?.files).toBeGreaterThan(0);
  }
  for (const by of ["agent", "model", "directory", "author", "week"]) {
    const { groups } = await report("--by", by);
    expect([by, sum(groups)]).toEqual([by, lines]);
  }
  const middle = session.repo.run(["rev-list", "--first-parent", "--skip=900", "-n1", "HEAD"]);
  const root = session.repo.run(["rev-list", "--max-parents=0", "HEAD"]);
  const [first, older, newer] = [
    await report(root),
    await report(`${root}..${middle}`),
    await report(`${middle}..HEAD`),
  ];
  expect(sum([first.lines, older.lines, newer.lines])).toEqual(lines);
}, 120_000);
