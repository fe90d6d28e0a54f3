import { readHead } from "../../git/read-head.ts";
import { readLookedAt } from "../../store/looked-at.ts";
import { readShellWindows } from "../../store/shell-state.ts";
import type { Project } from "../projects/find-project.ts";
import type { AgentWorld } from "../set-up/agent-hooks.ts";
import { annotateLinked } from "./annotate-linked.ts";
import { catchUp, hookLimit } from "./catch-up.ts";
import type { LinkedCommit } from "./link-commit.ts";
import { sweepPending } from "./sweep-pending.ts";
import { placeOf } from "./work-tree-place.ts";

/**
 * What git's hooks do: HEAD, and before it what nobody looked at. HEAD is linked also where older commits must wait,
 * for its pending files are fresh, and where it was looked at before, unless only what is new was asked for.
 */
export async function linkAtHook(
  project: Project,
  world: AgentWorld & { now(): Date },
  options: { readonly onlyNew: boolean },
): Promise<readonly LinkedCommit[]> {
  const linked = await linkNew(project, world, options);
  await annotateLinked(project, linked);
  return linked;
}

async function linkNew(
  project: Project,
  world: AgentWorld & { now(): Date },
  { onlyNew }: { readonly onlyNew: boolean },
): Promise<readonly LinkedCommit[]> {
  const { git, paths } = project;
  const place = placeOf(paths, git.repository);
  // What most commits do without is loaded when it is needed.
  if (onlyNew && readLookedAt(place).head === undefined) {
    const { setUpLinkedWorkTree } = await import("../set-up/linked-work-trees.ts");
    await setUpLinkedWorkTree(git, world);
  }
  if (readShellWindows(place).length > 0) {
    const { settleAtCommit } = await import("./shell/watch-shell.ts");
    await settleAtCommit(project, () => world.now());
  }
  const caught = await catchUp(project, {
    now: () => world.now(),
    limit: hookLimit,
    isTold: !onlyNew,
  });
  if (!caught.wasUpToDate) await sweepPending(project, place, world.now());
  if (onlyNew || (!caught.wasUpToDate && caught.left === 0)) return caught.linked;
  if ((await readHead(git)) === undefined) return [];
  const { linkCommit } = await import("./link-commit.ts");
  return [...caught.linked, await linkCommit(project, "HEAD", { now: world.now() })];
}
