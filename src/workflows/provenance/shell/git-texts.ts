import { ForeignLines } from "../../../attribution/disown.ts";
import { decodeText, splitLines } from "../../../attribution/lines.ts";
import { type HeadStep, makesCommit } from "../../../git/head-log.ts";
import type { Objects } from "../../../git/open-objects.ts";
import { type Git, runGit } from "../../../git/run-git.ts";
import { wordsOf } from "./named-files.ts";
import { hasLines } from "./work-tree-text.ts";

/** Names under which git keeps what it is at work with. */
const marks = ["ORIG_HEAD", "MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "REBASE_HEAD"];
const mostBranches = 60;
const mostWords = 30;

export interface GitSources {
  readonly steps: readonly HeadStep[];
  /** Commits that HEAD and the stash stood at before. */
  readonly former: readonly (string | undefined)[];
  readonly command: string | undefined;
  /** Leaves out branches that nothing else names. */
  readonly isNamedOnly?: boolean;
}

/** A commit that a command made by `git commit` holds the command's own lines; one made of others holds theirs. */
export function isPlainCommit(step: HeadStep): boolean {
  return (
    makesCommit(step) && /^commit\b/.test(step.action) && !step.action.startsWith("commit (merge)")
  );
}

/**
 * Commits from which git may have put text into the work tree while a command ran: branches, stashes, what is being
 * merged or picked, and what the command line names. Not those that the command itself made.
 */
export async function findSources(
  git: Git,
  objects: Objects,
  { steps, former, command = "", isNamedOnly = false }: GitSources,
): Promise<string[]> {
  const made = new Set(steps.filter((step) => isPlainCommit(step)).map(({ after }) => after));
  // `HEAD~2:file` names a commit too.
  const words = command
    .split(/[\s'"`;|&()<>=:]+/)
    .filter((word) => /^[\w./~^@{}-]{2,100}$/.test(word));
  const named = words.filter((word) => !word.startsWith("-")).slice(0, mostWords);
  const names = [
    ...former.filter((name) => name !== undefined),
    ...marks,
    ...steps.flatMap(({ before, after }) => [before, after]),
    ...(isNamedOnly ? [] : await readBranches(git)),
    ...named,
    "REVERT_HEAD^",
    // What is taken back stood before it.
    ...(/\brevert\b|\s-R\b|--reverse\b/.test(command) ? named.map((word) => `${word}^`) : []),
  ];
  const found = new Set<string>();
  for (const name of new Set(names)) {
    for (const revision of [`${name}^{commit}`, `${name}^3^{commit}`]) {
      const commit = await objects.read(revision);
      if (commit === undefined) break;
      if (!made.has(commit.id)) found.add(commit.id);
      // What a stash holds of untracked files is its third parent.
      if (!/\nparent .*\nparent /.test(new TextDecoder().decode(commit.content.subarray(0, 400))))
        break;
    }
  }
  return [...found];
}

async function readBranches(git: Git): Promise<string[]> {
  const { stdout } = await runGit(git, [
    "for-each-ref",
    `--count=${mostBranches}`,
    "--sort=-committerdate",
    "--format=%(objectname)",
    "refs/heads",
    "refs/remotes",
    "refs/stash",
  ]);
  return new TextDecoder().decode(stdout).split("\n").filter(Boolean);
}

/** The lines that a file has in any of these commits, but for the text that it had before. */
export async function linesInSources(
  objects: Objects,
  sources: readonly string[],
  { path, before }: { path: string; before: string },
): Promise<ForeignLines> {
  const lines = new ForeignLines();
  const seen = new Set<string>();
  for (const source of sources) {
    const blob = await objects.read(`${source}:${path}`);
    if (blob === undefined || blob.type !== "blob" || seen.has(blob.id)) continue;
    seen.add(blob.id);
    const text = decodeText(blob.content);
    if (text !== before) lines.add(splitLines(text));
  }
  return lines;
}

const mostNamed = 12;

/** `a/b/c`, `b/c`, `c`. */
function tailsOf(path: string): string[] {
  const parts = path.split("/").filter((part) => part !== "" && part !== "." && part !== "..");
  return parts.map((_, at) => parts.slice(at).join("/"));
}

/**
 * Texts that a command line has git hand out, to be put anywhere: objects that it names, and files that it names of
 * commits that it names. `targets` are new files, which may be such a one under another directory.
 */
export async function namedTexts(
  objects: Objects,
  command: string | undefined,
  targets: readonly string[],
): Promise<string[]> {
  if (command === undefined || !/\bgit\b/.test(command)) return [];
  const words = wordsOf(command);
  const commits: string[] = [];
  for (const word of words.flatMap((one) => one.split(":", 1))) {
    if (commits.length >= mostNamed || !/^[\w./~^@{}-]{2,100}$/.test(word)) continue;
    if ((await objects.read(`${word}^{commit}`)) !== undefined) commits.push(word);
  }
  // A file may be named by its place in another directory, such as a linked work tree.
  const named = words.filter((word) => /[./]/.test(word)).slice(0, mostWords);
  const paths = new Set([...named, ...targets.slice(0, mostNamed)].flatMap(tailsOf));
  const names = new Set([
    ...words.filter((word) => /^[^:]+:[^:]/.test(word) || /^[0-9a-f]{7,64}$/.test(word)),
    ...commits.flatMap((commit) => [...paths].map((path) => `${commit}:${path}`)),
  ]);
  const texts: string[] = [];
  for (const name of [...names].slice(0, mostNamed * mostWords)) {
    const blob = /[\n\0]/.test(name) ? undefined : await objects.read(name);
    if (blob?.type === "blob" && hasLines(blob.content)) texts.push(decodeText(blob.content));
  }
  return texts;
}
