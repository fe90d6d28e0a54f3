import { existsSync } from "node:fs";
import type { Agent } from "../../capture/agents.ts";
import type { Context } from "../../context.ts";
import type { Git } from "../../git/run-git.ts";
import { readAgentHookStates } from "./agent-hooks.ts";
import { type HookState, readGitHookStates } from "./git-hooks.ts";

/** Every hook that could call us; without a repository those of the person only. */
export async function readHookStates(
  world: Pick<Context, "environment" | "userHome" | "program">,
  git: Git | undefined,
  chosen?: readonly Agent[],
): Promise<HookState[]> {
  const own = git === undefined || chosen !== undefined ? [] : await readGitHookStates(git);
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
  const problems = states
    .filter(({ kind, isInstalled }) => kind === "git" && !isInstalled)
    .map(({ name, path }) => ({
      problem: `git's ${name} hook does not call agent-trace`,
      fix: advice.get(path) ?? again,
    }));
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
  for (const { name, program, isInstalled } of states) {
    if (isInstalled && program !== undefined && !existsSync(program)) {
      problems.push({ problem: `${name} calls \`${program}\`, which is not there`, fix: again });
    }
  }
  return problems;
}
