import type { Repository } from "../../git/find-repository.ts";
import { listWorkTrees } from "../../git/list-work-trees.ts";
import type { Git } from "../../git/run-git.ts";
import { type AgentWorld, callsFrom, planLocalHooks } from "./agent-hooks.ts";
import { applyChange } from "./file-change.ts";
import type { SetUpStep } from "./git-hooks.ts";

/**
 * Agents read the settings of the work tree that they stand in, so each one needs its own. Git's hooks, the project and
 * what git passes over are common to all work trees.
 */
export async function planOtherWorkTrees(git: Git, world: AgentWorld): Promise<SetUpStep[]> {
  const steps: SetUpStep[] = [];
  for (const repository of listWorkTrees(git.repository)) {
    if (repository.workTree === git.repository.workTree) continue;
    steps.push(...(await planLocalHooks({ ...git, repository }, world)));
  }
  // What keeps the files out of commits stands in one file for all of them.
  return steps.filter(({ path }, place) => steps.findIndex((step) => step.path === path) === place);
}

/**
 * A linked work tree that was just made gets the agent hooks that another work tree of the repository has. Where none
 * has any, the person wanted none, or has them for all repositories.
 */
export async function setUpLinkedWorkTree(git: Git, world: AgentWorld): Promise<void> {
  const { repository } = git;
  if (!isLinked(repository)) return;
  const others = listWorkTrees(repository).filter(
    ({ workTree }) => workTree !== repository.workTree,
  );
  const wants = await Promise.all(others.map((other) => callsFrom(other)));
  if (!wants.includes(true)) return;
  for (const { change } of await planLocalHooks(git, world)) {
    if (change !== undefined) applyChange(change);
  }
}

function isLinked({ gitDir, commonDir }: Repository): boolean {
  return gitDir !== commonDir;
}
