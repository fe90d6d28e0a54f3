import { expect, test } from "bun:test";
import type { Report } from "../../src/report/tally.ts";
import { join } from "node:path";
import { createAnchor } from "../../src/git/anchor.ts";
import { projectPaths } from "../../src/store/files/paths.ts";
import { type AgentSession, agentSession } from "../support/agent-session.ts";
import { importHistory, largeHistory } from "../support/large-history.ts";
import { teamScene } from "../support/team-scene.ts";
import { startViewerOf } from "../support/viewer-scene.ts";

/** A history with every kind of file that is counted apart, a rename, a merge, a revert and people's commits. */
async function mixedHistory() {
  const session = await agentSession();
  const { repo } = session;
  session.type(
    ".gitattributes",
    "*.gen.ts linguist-generated\nvendor/** linguist-vendored\nno.txt -diff\n",
  );
  session.type("a.ts", "one\ntwo\nthree\n");
  await session.commit("people begin");
  await session.write("a.ts", "one\ntwo\nthree\nfour\nfive\n");
  await session.write("b.gen.ts", "generated\nby\nan\nagent\n");
  await session.write("vendor/c.ts", "of\nothers\n");
  const first = await session.commit("an agent goes on");
  session.type("logo.png", "\u0000\u0001binary");
  session.type("no.txt", "not\nto be shown\n");
  session.type("a.ts", "zero\none\ntwo\nthree\nfour\nfive\n");
  await session.commit("people again");
  const fork = repo.run(["rev-parse", "HEAD"]);
  await session.write(
    "d.ts",
    Array.from({ length: 40 }, (_, at) => `const d${at} = ${at};\n`).join(""),
  );
  await session.commit("an agent's file");
  repo.run(["mv", "d.ts", "e e.ts"]);
  await session.edit("e e.ts", "const d7 = 7;", "const d7 = 77;");
  await session.commit("renamed");
  const main = repo.run(["rev-parse", "HEAD"]);
  repo.run(["checkout", "-q", "-b", "side", fork]);
  await session.write("s.ts", "of the side\n");
  await session.commit("beside");
  repo.run(["checkout", "-q", "-"]);
  repo.run(["-c", "core.hooksPath=/nonexistent", "merge", "-q", "--no-ff", "-m", "merged", "side"]);
  await session.run(["commit-link"]);
  const last = repo.run(["rev-parse", "HEAD"]);
  return { session, ranges: [`${first}..${last}`, `${fork}..${main}`, main, last] };
}

const sums = (report: Report) => ({
  lines: report.lines,
  coverage: report.coverage,
  agents: report.agents,
  files: report.files,
  apart: report.apart,
  commits: report.commits.map(({ sha, recorded, added, ai, unattributed }) => [
    sha,
    recorded,
    added,
    ai,
    unattributed,
  ]),
});

/** Asks all three for each range, and adds up what the team's page has. */
async function compare(
  session: AgentSession,
  ranges: readonly (string | undefined)[],
): Promise<void> {
  await using viewer = await startViewerOf(session);
  await using team = await teamScene({ ...session, [Symbol.dispose]() {} });
  const opened = await fetch(viewer.url, { redirect: "manual" });
  const Cookie = (opened.headers.get("Set-Cookie") ?? "").split(";")[0] ?? "";
  for (const range of ranges) {
    const reported = await session.json<Report>([
      "report",
      ...(range === undefined ? [] : [range]),
    ]);
    const query = range === undefined ? "" : `?range=${encodeURIComponent(range)}`;
    const viewed = await fetch(`${viewer.origin}/api/report${query}`, { headers: { Cookie } });
    const asked = range === undefined ? "weeks=all" : `range=${encodeURIComponent(range)}`;
    const teams = await team.service.request(`/team/report?project_id=app&${asked}`, {
      token: team.account.token,
    });
    const ours = (await teams.json()) as Report & { uncounted: object; gaps: number };
    expect([range, sums(ours)]).toEqual([range, sums(reported)]);
    expect(sums((await viewed.json()) as Report)).toEqual(sums(reported));
    expect([ours.uncounted, ours.gaps]).toEqual([{ commits: 0, ai: 0 }, 0]);
    for (const parts of [ours.files, ours.commits, ours.groups]) {
      for (const key of ["added", "ai", "unattributed"] as const) {
        expect(parts.reduce((sum, part) => sum + part[key], 0)).toBe(ours.lines[key]);
      }
    }
    expect(ours.agents.reduce((sum, { lines }) => sum + lines, 0)).toBe(ours.lines.ai);
  }
}

test("report, viewer and team page have the same sums for the same range, and conserve them", async () => {
  const { session, ranges } = await mixedHistory();
  await compare(session, [undefined, ...ranges]);
});

test("they have of two thousand commits with every kind of file and ledgers that claim too much", async () => {
  const session = await agentSession();
  const home = join(session.home, ".agent-trace");
  const project = projectPaths(home, createAnchor(session.repo.repository));
  importHistory(largeHistory(2000), { repo: session.repo.path, project });
  const middle = session.repo.run(["rev-list", "--first-parent", "--skip=900", "-n1", "HEAD"]);
  const head = session.repo.run(["rev-parse", "HEAD"]);
  await compare(session, [undefined, `${middle}..${head}`, middle]);
}, 120_000);

test("commits that were not counted are told apart and not taken for an agent's as a whole", async () => {
  const session = await agentSession();
  session.type("a.ts", "by\na person\n");
  await session.write("b.ts", "one\n");
  const sha = await session.commit();
  await using team = await teamScene(session);
  const other = await team.service.account("acme/old");
  const { token } = other;
  // As a client before 0.2 pushes: the ledger, and nothing of what git counts.
  const ledger = await team.service.request(`/api/v1/ledgers/${sha}?project_id=app`, { token });
  const body = JSON.stringify({ project_id: "old", items: [await ledger.json()] });
  await team.service.request("/api/v1/sync/ledgers", { method: "POST", token, body });
  const get = async (project: string) =>
    (await (
      await team.service.request(`/team/report?project_id=${project}&weeks=all`, { token })
    ).json()) as object;
  expect(await get("old")).toMatchObject({
    lines: { added: 0, ai: 0, unattributed: 0 },
    uncounted: { commits: 1, ai: 1 },
  });
  expect(await get("app")).toMatchObject({
    lines: { added: 3, ai: 1, unattributed: 2 },
    uncounted: { commits: 0, ai: 0 },
  });
});

test("what git counts of commits is sent once, from where it was left off, and not of a history that was cut off", async () => {
  const session = await agentSession();
  await session.write("a.ts", "one\n");
  await session.commit();
  await using team = await teamScene(session);
  const { service } = team;
  const counted = (): string[] =>
    service.log.flatMap(({ path, method }) =>
      path.startsWith("/api/v1/commits") && method === "POST" ? [path.slice(8)] : [],
    );
  expect(counted()).toEqual(["commits/missing", "commits"]);
  await session.run(["push"]);
  expect(counted()).toHaveLength(2);
  session.type("b.ts", "a person's\n");
  await session.commit();
  await session.run(["push"]);
  expect(counted().slice(2)).toEqual(["commits/missing", "commits"]);
  const project = await service.records.project({ orgId: team.account.orgId, projectId: "app" });
  if (project === undefined) throw new Error("no project");
  const all = await service.records.derived.commits(project);
  expect(all.map((commit) => commit.counted)).toEqual([true, true]);
  // A service that lost what it had is asked again.
  await service.request("/api/v1/projects/app", {
    method: "DELETE",
    admin: true,
    body: `{"org_id":"${team.account.orgId}"}`,
  });
  await service.account("acme/app");
  await session.run(["push"]);
  expect(counted().slice(-2)).toEqual(["commits/missing", "commits"]);
  const before = counted().length;
  session.type("c.ts", "more\n");
  await session.commit();
  await session.run(["config", "set", "push.commit-counts", "false"]);
  await session.run(["push"]);
  expect(counted()).toHaveLength(before);
  await session.run(["config", "reset", "push.commit-counts"]);
  await Bun.write(
    `${session.repo.path}/.git/shallow`,
    `${session.repo.run(["rev-parse", "HEAD"])}\n`,
  );
  await session.run(["push", "--full"]);
  expect(counted()).toHaveLength(before);
});
