/** What git does to files that are not committed yet. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { callOf } from "./agents.ts";
import { commitAll } from "./commits.ts";
import { cutLines, textsOf } from "./line.ts";
import { withoutMarks } from "./people.ts";
import type { Scene } from "./scene.ts";

export async function stashAndPop(scene: Scene, between: () => Promise<void>): Promise<void> {
  scene.log.push("stash");
  if (!(await scene.both("stash", "push", "-q", "-u"))) return;
  scene.reread();
  await between();
  await commitAll(scene);
  scene.log.push("stash pop");
  if (!(await scene.both("stash", "pop", "-q"))) return resolve(scene);
  scene.reread();
}

/** Both sides of each conflict are kept, by a person or by an agent who tells of it. */
export async function resolve(scene: Scene): Promise<void> {
  const isAgent = scene.random.chance(0.3);
  scene.log.push(`${isAgent ? "an agent" : "a person"} resolves`);
  for (const [root] of scene.views()) {
    const args = ["git", "diff", "--name-only", "--diff-filter=U"];
    for (const path of cutLines(await scene.run(args, { cwd: root }))) {
      const file = join(root, path);
      const text = readFileSync(file, "utf8");
      const content = withoutMarks(text);
      writeFileSync(file, content);
      if (!isAgent || root !== scene.root) continue;
      const call = callOf(scene, path, { name: "Write", input: { content } });
      await scene.events.send({
        hook_event_name: "PostToolUse",
        ...call,
        tool_response: { type: "update", content, originalFile: text, structuredPatch: [] },
      });
    }
  }
  await scene.both("add", "-A");
  scene.reread();
}

/** Another branch is looked at with work in hand. */
export async function switchAway(scene: Scene, between: () => Promise<void>): Promise<void> {
  scene.log.push("switch away and back");
  await scene.both("checkout", "-q", "-b", `side${scene.next()}`, "HEAD");
  scene.reread();
  if (scene.random.chance(0.5)) await between();
  await scene.both("checkout", "-q", "main");
  scene.reread();
}

/** A file is set back to what is committed, and maybe brought back from a stash that git made of it. */
export async function restore(scene: Scene): Promise<void> {
  const [path] = scene.pickFile();
  if ((await scene.shadow.file(`HEAD:${path}`)) === undefined) return;
  const isBack = scene.random.chance(0.5);
  scene.log.push(`restore ${path}${isBack ? ", and back" : ""}`);
  if (isBack && !(await scene.both("stash", "push", "-q", "--", path))) return;
  await scene.both("checkout", "-q", "HEAD", "--", path);
  if (isBack) await scene.both("stash", "pop", "-q");
  scene.reread();
}

export async function move(scene: Scene): Promise<void> {
  const [path, lines] = scene.pickFile();
  const target = nameFor(scene, path);
  if (!(await scene.both("mv", path, target))) return;
  scene.log.push(`git mv ${path} ${target}`);
  scene.moved.add(target);
  scene.files.delete(path);
  scene.write(target, lines);
}

/** A new name that says the same of how its lines end. */
export function nameFor(scene: Scene, path: string): string {
  return path.replace(/[^/]*$/, (name) => `m${scene.next()}-${name.slice(-18)}`);
}

/** A file goes, and comes again with what a person types from memory. */
export async function recreate(scene: Scene): Promise<void> {
  const { random } = scene;
  const [path, lines] = scene.pickFile();
  // Of a file that no commit has, nothing tells that it went.
  if ((await scene.shadow.file(`HEAD:${path}`)) === undefined) return;
  scene.log.push(`delete ${path}`);
  scene.remove(path);
  if (random.chance(0.5)) await commitAll(scene);
  else {
    const call = callOf(scene, path, { name: "Write", input: { content: "x" } });
    await scene.events.send({ hook_event_name: "PreToolUse", ...call });
  }
  if (random.chance(0.5)) return;
  scene.hasRecreated = true;
  scene.log.push(`a person makes ${path} again`);
  // From memory: no three lines in a row are as they were.
  const again = lines.filter((_, at) => at % 3 !== 0 && random.chance(0.8));
  // To git a line that the last commit has was never away.
  const committed = textsOf((await scene.shadow.file(`HEAD:${path}`)) ?? []);
  scene.write(path, [
    ...again.flatMap(({ text }) =>
      scene.lines([text], committed.has(text) && scene.written.has(text) ? "either" : "person"),
    ),
    ...scene.lines(scene.function(), "person"),
  ]);
}
