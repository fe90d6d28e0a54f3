import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { alone, canPlayAlone, installed } from "../agents/packages.ts";
import { type RealAgent, realAgents } from "../agents/real-agents.ts";
import { baseFiles } from "../support/captured-sessions.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { compiledProgram } from "../support/program.ts";
import { gitTestEnvironment, tempRepo } from "../support/repository.ts";

const can = canPlayAlone();
if (!can) console.log("skipped: this machine has no network namespaces");

interface Outcome {
  readonly right: number;
  readonly missed: readonly string[];
  readonly wronglyClaimed: readonly string[];
  /** The journal of hook errors. */
  readonly failures: string;
}

/** Sets a repository up by `init`, lets the agent play, commits, and asks `blame`; undefined where there is no program. */
async function play(agent: RealAgent): Promise<Outcome | undefined> {
  const { name } = agent;
  const program = installed(agent);
  if (program === undefined) {
    console.log(`skipped: ${agent.package} cannot be had here`);
    return undefined;
  }
  using home = temporaryDirectory();
  using repo = tempRepo();
  const base = repo.commit("base", baseFiles);
  repo.run(["config", "user.name", "A Person"]);
  repo.run(["config", "user.email", "person@example.com"]);
  const environment = {
    ...gitTestEnvironment,
    PATH: `${process.env["PATH"] ?? ""}`,
    HOME: home.path,
    AGENT_TRACE_HOME: join(home.path, ".agent-trace"),
  } as Record<string, string>;
  const ours = compiledProgram();
  const type = (...argv: string[]): string => {
    const { exitCode, stdout, stderr } = Bun.spawnSync([ours, ...argv], {
      cwd: repo.path,
      env: environment,
    });
    if (exitCode !== 0) throw new Error(`${argv.join(" ")}: ${stderr.toString()}`);
    return stdout.toString();
  };
  agent.own(home.path);
  type("init");
  const player = resolve(import.meta.dir, "../agents/play.ts");
  const inside = `ip link set lo up && exec "$0" "$@"`;
  const child = Bun.spawn(
    [...alone, inside, process.execPath, player, name, home.path, repo.path, program],
    { cwd: repo.path, env: environment, stdout: "pipe", stderr: "pipe", timeout: 170_000 },
  );
  const told = (await Promise.all([child.stdout.text(), child.stderr.text()])).join("");
  await child.exited;
  repo.run(["add", "--all"]);
  repo.run(["commit", "--quiet", "-m", "work"], { environment });
  const missed: string[] = [];
  const wronglyClaimed: string[] = [];
  let right = 0;
  for (const path of ["src/new.ts", "src/base.ts", "shell.txt", "src/util.ts", "src/over.ts"]) {
    if (!existsSync(join(repo.path, path)))
      throw new Error(`${path} was not made: ${told.slice(-3000)}`);
    const { attributions } = JSON.parse(type("blame", path, "--json")) as {
      attributions: { start_line: number; end_line: number; tool: { name: string } }[];
    };
    const rows = repo.run(["blame", "-s", "--abbrev=40", "--", path]).split("\n");
    rows.forEach((row, index) => {
      const line = index + 1;
      const isOurs = !row.replace("^", "").startsWith(base.slice(0, 39));
      const found = attributions.find(
        ({ start_line, end_line, tool }) =>
          start_line <= line && line <= end_line && tool.name === name,
      );
      if (isOurs && found !== undefined) right++;
      else if (isOurs) missed.push(`${path}:${line}`);
      else if (found !== undefined) wronglyClaimed.push(`${path}:${line}`);
    });
  }
  const journal = join(home.path, ".agent-trace/hook-errors.jsonl");
  const failures = existsSync(journal) ? readFileSync(journal, "utf8") : "";
  return { right, missed, wronglyClaimed, failures };
}

/** OpenCode looks for the network for more than a minute before it works; the others have their turns meanwhile. */
const slow = new Set(["opencode"]);
const suite = can ? describe.concurrent : describe.skip;

suite("real programs from their packages, played by a scripted model", () => {
  test.each([
    ["OpenCode", realAgents.filter(({ name }) => slow.has(name))],
    ["the others, one by one", realAgents.filter(({ name }) => !slow.has(name))],
  ])(
    "%s: every line that the script wrote is the agent's, and no other",
    async (_, agents) => {
      for (const agent of agents) {
        const outcome = await play(agent);
        if (outcome === undefined) continue;
        const perfect = { right: 8, missed: [], wronglyClaimed: [], failures: "" };
        expect([agent.name, outcome]).toEqual([agent.name, perfect]);
        console.log(`${agent.package}: ${outcome.right} lines of 8, no other`);
      }
    },
    580_000,
  );
});
