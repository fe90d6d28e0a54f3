/** Work on a branch and on the trunk, brought together in one of the ways there are. */
import { commitAll, commitPrepared, isPlain } from "./commits.ts";
import { pullFromHost } from "./host.ts";
import { judgeBlame, judgeHead, judgeSince } from "./judge.ts";
import type { Scene } from "./scene.ts";
import { resolve } from "./work-tree.ts";

type Work = () => Promise<void>;
type Way = (scene: Scene, branch: string) => Promise<void>;

const ways: Record<string, Way> = {
  async merge(scene, branch) {
    if (await scene.both("merge", "-q", "--no-ff", branch)) return judgeHead(scene);
    await resolve(scene);
    await commitPrepared(scene);
  },
  async "merge -X ours"(scene, branch) {
    if (await scene.both("merge", "-q", "--no-ff", "-X", "ours", branch)) return judgeHead(scene);
    await resolve(scene);
    await commitPrepared(scene);
  },
  async squash(scene, branch) {
    if (!(await scene.both("merge", "-q", "--squash", branch))) await resolve(scene);
    await commitPrepared(scene);
  },
  async "squash with an own message"(scene, branch) {
    if (!(await scene.both("merge", "-q", "--squash", branch))) await resolve(scene);
    if (await scene.both("commit", "-q", "-m", `feature ${scene.next()}`)) await judgeHead(scene);
  },
  async "cherry-pick"(scene, branch) {
    await goOn(scene, "cherry-pick", await scene.both("cherry-pick", branch));
  },
  async rebase(scene, branch) {
    await rebaseOnto(scene, branch, ["main"]);
  },
  async "rebase --onto"(scene, branch) {
    await rebaseOnto(scene, branch, ["--onto", "main", `${branch}~1`]);
  },
  "host squash": (scene, branch) => pullFromHost(scene, branch, "squash"),
  "host merge": (scene, branch) => pullFromHost(scene, branch, "merge"),
  "host rebase": (scene, branch) => pullFromHost(scene, branch, "rebase"),
};

export async function branch(scene: Scene, work: Work): Promise<void> {
  const name = scene.random.pick(Object.keys(ways));
  scene.log.push(`branch for ${name}`);
  await commitAll(scene);
  const topic = `topic${scene.next()}`;
  await scene.both("checkout", "-q", "-b", topic);
  await work();
  await commitAll(scene);
  if (scene.random.chance(0.5)) await work();
  await commitAll(scene);
  await scene.both("checkout", "-q", "main");
  scene.reread();
  if (scene.random.chance(0.7)) await work();
  await commitAll(scene);
  const before = scene.head();
  scene.log.push(name);
  await ways[name]?.(scene, topic);
  scene.reread();
  if (name.includes("rebase") || name.includes("pick") || name.startsWith("host")) {
    await judgeSince(scene, before);
  }
  if (scene.random.chance(0.3)) await scene.both("branch", "-q", "-D", topic);
  await commitAll(scene);
  await judgeBlame(scene);
}

/** Resolves what a rebase or a pick stumbles over, step by step; gives it up where it goes on for long. */
async function goOn(scene: Scene, command: string, isDone: boolean): Promise<boolean> {
  for (let step = 0; !isDone && step < 4; step++) {
    await resolve(scene);
    isDone = await scene.both(command, "--continue");
  }
  if (!isDone) await scene.both(command, "--abort");
  return isDone;
}

async function rebaseOnto(scene: Scene, branchName: string, onto: string[]): Promise<void> {
  await scene.both("checkout", "-q", branchName);
  await goOn(scene, "rebase", await scene.both("rebase", "-q", ...onto));
  await scene.both("checkout", "-q", "main");
  await scene.both("merge", "-q", "--ff-only", branchName);
}

/** `rebase -i` over the last commits, by a list that an editor would have left. */
export async function rebaseInteractively(scene: Scene): Promise<void> {
  if (scene.hasRecreated) return;
  await commitAll(scene);
  const depth = 2 + scene.random.below(2);
  if (!(await isPlain(scene, depth))) return;
  const plans = {
    reorder: "1{h;d};2{G}",
    squash: "2s/^pick/squash/",
    fixup: "2s/^pick/fixup/",
    drop: "1s/^pick/drop/",
    reword: "1s/^pick/reword/",
  };
  const [name, plan] = scene.random.pick(Object.entries(plans));
  scene.log.push(`rebase -i, ${name}`);
  const environment = { GIT_SEQUENCE_EDITOR: `sed -i -e '${plan}'` };
  const args = ["rebase", "-q", "-i", `HEAD~${depth}`];
  await goOn(scene, "rebase", await scene.bothAs(args, { environment }));
  scene.reread();
  await judgeSince(scene, `HEAD~${Math.max(1, depth - 1)}`);
  await judgeBlame(scene);
}

/** A commit that is meant for an earlier one, and put into it. */
export async function autosquash(scene: Scene, work: Work): Promise<void> {
  if (scene.hasRecreated) return;
  await commitAll(scene);
  if (!(await isPlain(scene, 3))) return;
  await work();
  scene.log.push("commit --fixup HEAD~1, autosquash");
  await scene.both("add", "-A");
  if (!(await scene.both("commit", "-q", "--fixup", "HEAD~1"))) return;
  const environment = { GIT_SEQUENCE_EDITOR: "true" };
  const args = ["rebase", "-q", "-i", "--autosquash", "HEAD~3"];
  await goOn(scene, "rebase", await scene.bothAs(args, { environment }));
  scene.reread();
  await judgeSince(scene, "HEAD~2");
}

export async function revert(scene: Scene): Promise<void> {
  await commitAll(scene);
  const depth = scene.random.below(3);
  if (!(await isPlain(scene, depth + 1))) return;
  scene.log.push("revert");
  const before = scene.head();
  if (!(await scene.both("revert", "--no-edit", `HEAD~${depth}`))) {
    await scene.both("revert", "--abort");
  }
  scene.reread();
  if (scene.random.chance(0.4) && scene.head() !== before) {
    scene.log.push("revert the revert");
    await scene.both("revert", "--no-edit", "HEAD");
    scene.reread();
  }
  await judgeSince(scene, before);
  await judgeBlame(scene);
}

/** Three branches at once, of which two bring files of their own. */
export async function octopus(scene: Scene, work: Work): Promise<void> {
  await commitAll(scene);
  const names: string[] = [];
  for (let arm = 0; arm < 2; arm++) {
    const name = `arm${scene.next()}`;
    names.push(name);
    await scene.both("checkout", "-q", "-b", name, "main");
    scene.reread();
    if (arm === 0) await work();
    else scene.write(`arm${scene.next()}.go`, scene.lines(scene.function(), "person"));
    await commitAll(scene);
  }
  await scene.both("checkout", "-q", "main");
  scene.reread();
  scene.write(`trunk${scene.next()}.go`, scene.lines(scene.function(), "person"));
  await commitAll(scene);
  scene.log.push("octopus");
  const isDone = await scene.both("merge", "-q", "--no-edit", ...names);
  if (!isDone) await scene.both("reset", "-q", "--hard");
  scene.reread();
  if (isDone) await judgeHead(scene);
}
