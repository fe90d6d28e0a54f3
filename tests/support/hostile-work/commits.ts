/** The ways in which what stands there comes into a commit. */
import { type Line, bareText, isOfAgent, parseLines, textOf } from "./line.ts";
import { judgeHead, judgeSince } from "./judge.ts";
import type { Scene } from "./scene.ts";

/**
 * To git nothing changed where an agent's line goes and a person types the same at its place: who wrote it cannot be
 * told from then on.
 */
async function forgetRetyped(scene: Scene): Promise<void> {
  for (const [path, lines] of scene.files) {
    const known = (await scene.shadow.file(`HEAD:${path}`)) ?? [];
    const left = new Set(lines.map(({ id }) => id));
    const gone = known.filter((line) => isOfAgent(line) && !left.has(line.id));
    if (gone.length === 0) continue;
    const before = new Set(known.map(({ id }) => id));
    const texts = new Set(gone.map(bareText));
    const isRetyped = (line: Line): boolean =>
      line.hand === "person" && !before.has(line.id) && texts.has(bareText(line));
    if (!lines.some(isRetyped)) continue;
    scene.write(
      path,
      lines.map((line): Line => (isRetyped(line) ? { ...line, hand: "either" } : line)),
    );
  }
}

async function commit(scene: Scene, ...args: string[]): Promise<void> {
  const before = scene.head();
  const message = `work ${scene.next()}`;
  if (!(await scene.both("commit", "-q", "--allow-empty", "-m", message, ...args))) return;
  if (scene.head() !== before) await judgeHead(scene);
}

export async function commitAll(scene: Scene): Promise<void> {
  await forgetRetyped(scene);
  scene.log.push("commit -a");
  await scene.both("add", "-A");
  await commit(scene);
  scene.hasRecreated = false;
  scene.moved.clear();
}

/** With the message that git made ready. */
export async function commitPrepared(scene: Scene): Promise<void> {
  if (await scene.both("commit", "-q", "--no-edit")) await judgeHead(scene);
}

export async function commitSomeFiles(scene: Scene): Promise<void> {
  await forgetRetyped(scene);
  scene.log.push("commit some files");
  const some = [...scene.files.keys()].filter(() => scene.random.chance(0.5));
  if (some.length > 0) await scene.both("add", "--", ...some);
  await commit(scene);
}

/** `git commit -- path`, whatever else is staged. */
export async function commitOnly(scene: Scene): Promise<void> {
  const [path] = scene.pickFile();
  await forgetRetyped(scene);
  scene.log.push(`commit -- ${path}`);
  await scene.both("add", "-N", "--", path);
  await commit(scene, "--", path);
}

/** As `git add -p`: some hunks of each file. */
export async function commitSomeHunks(scene: Scene): Promise<void> {
  await forgetRetyped(scene);
  scene.log.push("commit some hunks");
  await scene.both("add", "-N", "-A");
  const [, shadow = ["", textOf]] = scene.views();
  const cwd = shadow[0];
  for (const [path, work] of scene.files) {
    const shown = await scene.try(["git", "show", `:${path}`], { cwd });
    if (shown.code !== 0 || shown.out === "") continue;
    const patch = await scene.run(["git", "diff", "-U0", "--", path], { cwd });
    if (patch === "") continue;
    await stage(scene, path, someHunks(scene, { staged: parseLines(shown.out), work, patch }));
  }
  await commit(scene);
}

function someHunks(
  scene: Scene,
  { staged, work, patch }: { staged: Line[]; work: readonly Line[]; patch: string },
): Line[] {
  const hunks = [...patch.matchAll(/^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/gm)];
  // From the bottom up, so that places above stay where they are.
  for (const [, ...numbers] of hunks.reverse()) {
    const [old = 0, oldCount = 1, now = 0, count = 1] = numbers.map((n) =>
      n === undefined ? undefined : Number(n),
    );
    if (scene.random.chance(0.5)) continue;
    const start = oldCount === 0 ? old : old - 1;
    const from = count === 0 ? now : now - 1;
    staged.splice(start, oldCount, ...work.slice(from, from + count));
  }
  return staged;
}

async function stage(scene: Scene, path: string, lines: readonly Line[]): Promise<void> {
  for (const [cwd, show] of scene.views()) {
    const input = textOf(path, lines, show);
    const blob = await scene.run(["git", "hash-object", "-w", "--stdin"], { cwd, input });
    const entry = `100644,${blob.trim()},${path}`;
    await scene.run(["git", "update-index", "--cacheinfo", entry], { cwd });
  }
}

export async function amend(scene: Scene): Promise<void> {
  // What one commit takes away and its amended form has again never changed, to git.
  if (scene.hasRecreated) return;
  await forgetRetyped(scene);
  scene.log.push("amend");
  await scene.both("add", "-A");
  await commit(scene, "--amend");
}

/** Where no hook runs, the next opportunity tells. */
export async function commitUnseen(scene: Scene): Promise<void> {
  await forgetRetyped(scene);
  scene.log.push("commit without hooks");
  const before = scene.head();
  await scene.both("add", "-A");
  const hookless = ["-c", "core.hooksPath=/dev/null", "commit", "-q", "-m"];
  if (!(await scene.both(...hookless, `unseen ${scene.next()}`))) return;
  scene.hasRecreated = false;
  scene.moved.clear();
  await scene.ask("status");
  await judgeSince(scene, before);
}

/** The last commits become one, by setting the branch back. */
export async function resetSoft(scene: Scene): Promise<void> {
  if (scene.hasRecreated) return;
  await commitAll(scene);
  const depth = 1 + scene.random.below(3);
  if (!(await isPlain(scene, depth))) return;
  scene.log.push(`reset --soft HEAD~${depth}`);
  await scene.both("reset", "-q", "--soft", `HEAD~${depth}`);
  await commit(scene);
}

/** Whether that many commits below HEAD, and the one they stand on, are no merges. */
export async function isPlain(scene: Scene, depth: number): Promise<boolean> {
  if (!(await scene.both("rev-parse", "-q", "--verify", `HEAD~${depth}^{commit}`))) return false;
  return (await scene.run(["git", "rev-list", "--merges", `HEAD~${depth}..HEAD`])) === "";
}
