import { readHead } from "../../git/read-head.ts";
import { readLookedAt } from "../../store/looked-at.ts";
import type { Project } from "../projects/find-project.ts";
import type { AgentWorld } from "../set-up/agent-hooks.ts";
import { setUpLinkedWorkTree } from "../set-up/linked-work-trees.ts";
import { catchUp, hookLimit } from "./catch-up.ts";
import { type LinkedCommit, linkCommit } from "./link-commit.ts";
import { settleAtCommit } from "./shell/watch-shell.ts";
import { placeOf } from "./work-tree-place.ts";

/**
 * What git's hooks do: HEAD, and before it what nobody looked at. HEAD is linked also where older commits must wait,
 * for its pending files are fresh, and where it was looked at before, unless only what is new was asked for.
 */
export async function linkAtHook(
  project: Project,
  world: AgentWorld & { now(): Date },
  { onlyNew }: { readonly onlyNew: boolean },
): Promise<readonly LinkedCommit[]> {
  const { git, paths } = project;
  const isNew = readLookedAt(placeOf(paths, git.repository)).head === undefined;
  if (onlyNew && isNew) await setUpLinkedWorkTree(git, world);
  await settleAtCommit(project, () => world.now());
  const caught = await catchUp(project, {
    now: () => world.now(),
    limit: hookLimit,
    isTold: !onlyNew,
  });
  if (onlyNew || (!caught.wasUpToDate && caught.left === 0)) return caught.linked;
  if ((await readHead(git)) === undefined) return [];
  return [...caught.linked, await linkCommit(project, "HEAD", { now: world.now() })];
}
