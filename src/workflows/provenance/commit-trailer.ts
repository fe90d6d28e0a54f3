import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { claimsOf, withinRanges } from "../../attribution/claim-lines.ts";
import { readVariable } from "../../environment.ts";
import { openObjects } from "../../git/open-objects.ts";
import { blobPair, readStaged } from "../../git/read-changes.ts";
import { readGit, readGitText } from "../../git/run-git.ts";
import type { PendingClaim } from "../../schema/pending.ts";
import { readPending } from "../../store/pending.ts";
import { isBinary, lineStarts } from "../../attribution/lines.ts";
import type { Project } from "../projects/find-project.ts";
import { placeOf } from "./work-tree-place.ts";

const trailer = "Assisted-by";

/**
 * Puts into a commit's message, before the person sees it, which agents and models wrote lines that the commit adds: by
 * the index of that very commit, and only lines whose way is known from the edit to the index. Gives what it named.
 */
export async function addTrailers(project: Project, messageFile: string): Promise<string[]> {
  const names = await helpersOf(project);
  if (names.length === 0) return [];
  const { git } = project;
  await readGit(git, [
    "interpret-trailers",
    "--in-place",
    "--if-exists",
    "addIfDifferent",
    ...names.flatMap((name) => ["--trailer", `${trailer}: ${name}`]),
    resolve(git.repository.workTree, messageFile),
  ]);
  return names;
}

async function helpersOf({ git, paths }: Project): Promise<string[]> {
  // `git commit -a` and `git commit <path>` make an index of their own.
  const index = readVariable(git.environment, "GIT_INDEX_FILE");
  const indexFile = index === undefined ? undefined : resolve(git.repository.workTree, index);
  const place = placeOf(paths, git.repository);
  const { changes, added } = await readStaged(git, indexFile);
  await using objects = openObjects(git);
  const names = new Set<string>();
  for (const change of changes) {
    const { path, oldPath, newBlob, oldBlob, mode } = change;
    if (newBlob === undefined || !mode.startsWith("100")) continue;
    const pending = readPending(place, path) ?? readPending(place, oldPath);
    if (pending === undefined) continue;
    const blob = await objects.read(newBlob);
    if (blob?.type !== "blob" || isBinary(blob.content)) continue;
    const whole = { start: 1, end: lineStarts(blob.content).length };
    const ranges = oldBlob === undefined ? [whole] : (added.get(blobPair(change)) ?? []);
    for (const claim of withinRanges(claimsOf(pending, blob.content), ranges).values()) {
      const name = nameOf(claim);
      if (name !== undefined) names.add(name);
    }
  }
  return [...names].sort();
}

/** `agent:model`. It goes into a message: no blanks, no line breaks, and no more than a line. */
function nameOf({ tool, modelId }: PendingClaim): string | undefined {
  const clean = (text: string): string => text.replace(/[^\x21-\x7e]/g, "").slice(0, 100);
  const agent = clean(tool?.name ?? "");
  const model = clean(modelId ?? "");
  if (agent === "") return undefined;
  return model === "" ? agent : `${agent}:${model}`;
}

/** Whether a message has nothing but our trailer in it, comments aside: then the person has written none. */
export async function isTrailerAlone(project: Project, messageFile: string): Promise<boolean> {
  const { git } = project;
  const file = resolve(git.repository.workTree, messageFile);
  // With `commit --verbose` the change itself stands below such a line.
  const [written = ""] = readFileSync(file, "utf8").split(/^\S{1,4} -{24} >8 -{24}$/m);
  const message = await readGitText(git, ["stripspace", "--strip-comments"], { input: written });
  const lines = message.split("\n").filter((line) => line.trim() !== "");
  return lines.length > 0 && lines.every((line) => line.startsWith(`${trailer}: `));
}
