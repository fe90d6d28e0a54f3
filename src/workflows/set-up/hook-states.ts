import { existsSync } from "node:fs";
import type { Agent } from "../../capture/agents.ts";
import type { Context } from "../../context.ts";
import type { Git } from "../../git/run-git.ts";
import { readAgentHookStates } from "./agent-hooks.ts";
import { projectOf } from "../projects/find-project.ts";
import { type HookState, readGitHookStates, wantedHooks } from "./git-hooks.ts";

/** Every hook that could call us; without a repository those of the person only. */
export async function readHookStates(
  world: Pick<Context, "environment" | "home" | "userHome" | "program">,
  git: Git | undefined,
  chosen?: readonly Agent[],
): Promise<HookState[]> {
  const own =
    git === undefined || chosen !== undefined
      ? []
      : await readGitHookStates(git, wantedHooks(projectOf(git.repository, world.home)));
  return [...own, ...(await readAgentHookStates(world, git?.repository, chosen))];
}

export interface HookProblem {
  readonly problem: string;
  readonly fix: string;
}

/**
 * What is wrong with the hooks of a repository that was set up, each finding with its fix. `advice` is what `init` says
 * of the hook files that it leaves alone.
 */
export function hookProblems(
  states: readonly HookState[],
  advice: ReadonlyMap<string, string> = new Map(),
): HookProblem[] {
  const again = "run `agent-trace init`";
  const silent = states.filter(({ kind, isInstalled }) => kind === "git" && !isInstalled);
  const problems = grouped(silent, ({ path }) => advice.get(path) ?? again).map(([fix, names]) => {
    const [hooks, verb] = names.length === 1 ? ["hook", "does"] : ["hooks", "do"];
    return { problem: `git's ${names.join(", ")} ${hooks} ${verb} not call agent-trace`, fix };
  });
  const agents = states.filter(({ kind }) => kind !== "git");
  if (agents.length > 0 && !agents.some(({ isInstalled }) => isInstalled)) {
    problems.push({
      problem: "no coding agent has hooks that call agent-trace",
      fix: `${again} or \`agent-trace hooks setup-global\``,
    });
  }
  for (const { name, kind, path, isInstalled, isComplete } of states) {
    if (kind === "git" || !isInstalled || isComplete !== false) continue;
    const fix = kind === "agent" ? again : "run `agent-trace hooks setup-global`";
    problems.push({ problem: `hooks for ${name} in \`${path}\` are incomplete`, fix });
  }
  for (const { name, obstacle } of states) {
    if (obstacle === undefined) continue;
    problems.push({ problem: `hooks for ${name} are ${obstacle.problem}`, fix: obstacle.fix });
  }
  const lost = states.filter(
    ({ program, isInstalled }) => isInstalled && program !== undefined && !existsSync(program),
  );
  for (const [program, names] of grouped(lost, ({ program: path = "" }) => path)) {
    const verb = names.length === 1 ? "calls" : "call";
    const problem = `${names.join(", ")} ${verb} \`${program}\`, which is not there`;
    problems.push({ problem, fix: again });
  }
  return problems;
}

/** The names of hooks of which the same is to be said. */
function grouped(
  states: readonly HookState[],
  by: (state: HookState) => string,
): (readonly [string, string[]])[] {
  return [...Map.groupBy(states, by)].map(([key, found]) => {
    return [key, [...new Set(found.map(({ name }) => name))]] as const;
  });
}

/** Agents that are on this machine and whose hooks do not call us, though those of others do. */
export function unheardAgents(states: readonly HookState[]): string[] {
  const agents = Map.groupBy(
    states.filter(({ kind }) => kind !== "git"),
    ({ name }) => name,
  );
  // Claude Code is told of wherever it may be; the others only where they are.
  return [...agents].flatMap(([name, found]) =>
    name !== "claude-code" && found.every(({ isInstalled }) => !isInstalled) ? [name] : [],
  );
}
