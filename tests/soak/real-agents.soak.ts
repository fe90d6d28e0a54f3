import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type RealAgent, realAgents } from "../agents/real-agents.ts";
import { baseFiles } from "../support/captured-sessions.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { compiledProgram } from "../support/program.ts";
import { gitTestEnvironment, tempRepo } from "../support/repository.ts";

/** The program from its package, in a directory that later runs use again; undefined where it cannot be had. */
function installed({ package: wanted, program }: RealAgent): string | undefined {
  const directory = join(
    tmpdir(),
    `agent-trace-agents-${wanted.replaceAll(/[^A-Za-z0-9.]/g, "-")}`,
  );
  const path = join(directory, "node_modules/.bin", program);
  if (existsSync(path)) return path;
  mkdirSync(directory, { recursive: true });
  const npm = Bun.which("npm");
  if (npm === null) return undefined;
  const argv = [npm, "install", "--no-save", "--no-audit", "--no-fund", "--silent", wanted];
  const { exitCode } = Bun.spawnSync(argv, { cwd: directory, timeout: 240_000 });
  return exitCode === 0 && existsSync(path) ? path : undefined;
}

const alone = ["unshare", "--map-root-user", "--net", "sh", "-c"];

/** Whether this machine lets a process have a network of its own, with nothing but loopback in it. */
function hasNamespaces(): boolean {
  const ip = Bun.which("ip");
  if (ip === null || Bun.which("unshare") === null) return false;
  return Bun.spawnSync([...alone, "ip link set lo up"]).exitCode === 0;
}

const can = hasNamespaces();
if (!can) console.log("skipped: this machine has no network namespaces");

describe.skipIf(!can)("the real program, from its package, played by a scripted model", () => {
  test.each(realAgents.map((agent) => [agent.name, agent] as const))(
    "%s: every line that the script wrote is the agent's, no other",
    async (name, agent) => {
      const program = installed(agent);
      if (program === undefined) {
        console.log(`skipped: ${agent.package} cannot be had here`);
        return;
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
      const run = (...argv: string[]): string => {
        const { exitCode, stdout, stderr } = Bun.spawnSync([ours, ...argv], {
          cwd: repo.path,
          env: environment,
        });
        if (exitCode !== 0) throw new Error(`${argv.join(" ")}: ${stderr.toString()}`);
        return stdout.toString();
      };
      run("init");
      run("hooks", "setup-global", "--tool", name);
      const play = resolve(import.meta.dir, "../agents/play.ts");
      const inside = `ip link set lo up && exec "$0" "$@"`;
      const played = Bun.spawnSync(
        [...alone, inside, process.execPath, play, name, home.path, repo.path, program],
        { cwd: repo.path, env: environment, timeout: 170_000 },
      );
      const told = played.stdout.toString() + played.stderr.toString();
      repo.run(["add", "--all"]);
      repo.run(["commit", "--quiet", "-m", "work"], { environment });
      const missed: string[] = [];
      const wronglyClaimed: string[] = [];
      let right = 0;
      for (const path of ["src/new.ts", "src/base.ts", "shell.txt", "src/util.ts", "src/over.ts"]) {
        if (!existsSync(join(repo.path, path)))
          throw new Error(`${path} was not made: ${told.slice(-3000)}`);
        const { attributions } = JSON.parse(run("blame", path, "--json")) as {
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
      expect({ right, missed, wronglyClaimed }).toEqual({
        right: 8,
        missed: [],
        wronglyClaimed: [],
      });
    },
    420_000,
  );
});
