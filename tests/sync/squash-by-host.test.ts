import { describe, expect, test } from "bun:test";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { findProject } from "../../src/workflows/projects/find-project.ts";
import { catchUp } from "../../src/workflows/provenance/catch-up.ts";
import { type AgentSession, agentSession } from "../support/agent-session.ts";
import { type TempRepo, tempRepo } from "../support/repository.ts";
import { type TestService, testService } from "../support/service.ts";

const numbered = (word: string, count: number): string =>
  Array.from({ length: count }, (_, at) => `${word} ${at + 1}\n`).join("");

/** Two people who share a host and a service; the second has what `git pull` and `pull` bring, and no branch. */
async function scene(service: TestService) {
  const host = tempRepo();
  host.commit("base", { "base.txt": "base\n" });
  const account = await service.account("acme/app");
  const join = async (): Promise<AgentSession> => {
    const repo = tempRepo();
    repo.run(["pull", "-q", host.path, "main"]);
    const session = await agentSession(repo);
    const { exitCode, stderr } = await session.run(
      ["remote", "add", "origin", account.remote, "--token", "-"],
      { stdin: account.token },
    );
    if (exitCode !== 0) throw new Error(stderr);
    return session;
  };
  const [one, other] = [await join(), await join()];
  return {
    host,
    one,
    other,
    async [Symbol.asyncDispose]() {
      for (const session of [one, other]) {
        session[Symbol.dispose]();
        session.repo[Symbol.dispose]();
      }
      host[Symbol.dispose]();
    },
  };
}

/** An agent works on a branch of the first person's, whose records are pushed; the host makes one commit of it. */
async function squash(host: TempRepo, one: AgentSession): Promise<void> {
  one.repo.run(["checkout", "-q", "-b", "topic"]);
  await one.write("agent.ts", numbered("agent's first", 6));
  await one.commit("first");
  one.type("agent.ts", `${numbered("a person's", 2)}${numbered("agent's first", 6)}`);
  await one.edit(
    "agent.ts",
    "agent's first 4\n",
    `agent's first 4\n${numbered("agent's second", 3)}`,
  );
  await one.commit("second");
  await done(one, "push");
  one.repo.run(["checkout", "-q", "main"]);
  host.run(["fetch", "-q", one.repo.path, "topic"]);
  host.run(["merge", "-q", "--squash", "FETCH_HEAD"]);
  host.commit("Feature (#1)");
}

const agents = [3, 4, 5, 6, 7, 8, 9, 10, 11];

async function done(session: AgentSession, ...words: string[]): Promise<void> {
  const { exitCode, stderr } = await session.run(words);
  if (exitCode !== 0) throw new Error(`${words.join(" ")}: ${stderr}`);
}

/** As git's own hook does it. */
async function gitPull(session: AgentSession, host: TempRepo): Promise<void> {
  session.repo.run(["-c", "core.hooksPath=/nonexistent", "pull", "-q", host.path, "main"]);
  await done(session, "commit-link", "--catch-up");
}

function ledgersOf(session: AgentSession): string {
  const projects = join(session.home, ".agent-trace", "projects");
  return readFileSync(join(projects, readdirSync(projects)[0] ?? "", "ledgers.jsonl"), "utf8");
}

describe("a squash that a host made of another person's branch", () => {
  test("has its claims where the records came first", async () => {
    await using service = await testService();
    await using team = await scene(service);
    await squash(team.host, team.one);
    await gitPull(team.one, team.host);
    expect(await team.one.aiLines("agent.ts")).toEqual(agents);
    await done(team.other, "pull");
    await gitPull(team.other, team.host);
    expect(await team.other.aiLines("agent.ts")).toEqual(agents);
  });

  test("has them where git brought the commit first, and it was looked at in vain", async () => {
    await using service = await testService();
    await using team = await scene(service);
    await squash(team.host, team.one);
    await gitPull(team.other, team.host);
    // A person types what an agent wrote elsewhere.
    team.other.type("person.ts", "agent's first 1\nagent's first 2\n");
    await team.other.commit("by hand");
    team.other.type("agent.ts", `agent's second 1\n${readText(team.other, "agent.ts")}`);
    await team.other.commit("by hand, in the agent's file");
    expect(await team.other.aiLines("agent.ts")).toEqual([]);
    await done(team.other, "pull");
    expect(await team.other.aiLines("agent.ts")).toEqual(agents.map((line) => line + 1));
    expect(await team.other.aiLines("person.ts")).toEqual([]);
    const ledgers = ledgersOf(team.other);
    // Looked at once: the next opportunity has nothing to do.
    const { stdout } = await team.other.run(["commit-link", "--catch-up"]);
    expect(stdout).toBe("there was nothing to link\n");
    expect(ledgersOf(team.other)).toBe(ledgers);
  });

  test("is looked at again step by step where there is little time", async () => {
    await using service = await testService();
    await using team = await scene(service);
    const { host, one, other } = team;
    await squash(host, one);
    host.commit("more", { "agent.ts": `top\n${host.run(["show", "HEAD:agent.ts"])}\n` });
    await gitPull(other, host);
    await done(other, "pull");
    const place = { cwd: other.repo.path, home: join(other.home, ".agent-trace") };
    const { environment } = other.repo.git;
    const project = findProject({
      ...place,
      environment,
      options: { project: undefined } as never,
    });
    const now = (): Date => new Date();
    const found: string[] = [];
    for (let step = 0; step < 3; step++) {
      const { linked } = await catchUp(project, {
        now,
        limit: { commits: 1, milliseconds: 60_000 },
      });
      found.push(...linked.map(({ commit }) => commit.message.trim()));
    }
    expect(found).toEqual(["Feature (#1)", "more"]);
    expect(await other.aiLines("agent.ts")).toEqual(agents.map((line) => line + 1));
  });
});

function readText(session: AgentSession, path: string): string {
  return readFileSync(join(session.repo.path, path), "utf8");
}
