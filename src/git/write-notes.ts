import { AppError } from "../errors.ts";
import type { CommitSha } from "../schema/ids.ts";
import { type Notes, openNotes } from "./notes.ts";
import { openObjects } from "./open-objects.ts";
import { type Git, gitFailure, runGit } from "./run-git.ts";

/** What is to stand at one place of a notes tree: a new text, a blob that git has, or nothing any more. */
export type NoteChange =
  | { readonly path: string; readonly content: string }
  | { readonly path: string; readonly blob: string | undefined };

export interface NotesCommit {
  readonly ref: string;
  readonly message: string;
  /** Where the ref stood when the changes were planned; undefined where it was not there. */
  readonly tip: CommitSha | undefined;
  /** Further notes that the changes take in. */
  readonly merges?: CommitSha;
  readonly changes: readonly NoteChange[];
  /** Who commits, where that was asked for already. */
  readonly committer?: Promise<string>;
}

/** Git reports a ref that was moved meanwhile, or is being moved, in one of these ways. */
const movedMeanwhile =
  /Not updating|cannot lock ref|unable to (?:lock|create)|but expected|already exists/;
/** And in one of these what no second try can change. */
const lasting =
  /Permission denied|Read-only file system|No space left|cannot create|blocking reference/;

const isOvertaken = (stderr: string): boolean =>
  movedMeanwhile.test(stderr) && !lasting.test(stderr);

/**
 * Writes all changes as one commit, by one git process that runs no hook and opens no editor. False where somebody else
 * moved the ref since it was read: then nothing was changed.
 */
export async function commitNotes(git: Git, commit: NotesCommit): Promise<boolean> {
  const { ref, message, tip, merges, changes, committer = readCommitter(git) } = commit;
  const lines = [
    `commit ${ref}\n`,
    `committer ${await committer}\n`,
    data(message),
    ...(tip === undefined ? [] : [`from ${tip}\n`]),
    ...(merges === undefined ? [] : [`merge ${merges}\n`]),
    ...changes.map((change) => render(change)),
    "\ndone\n",
  ];
  // Hashes of lines hardly become smaller, and whoever commits waits for it.
  const settings = ["core.hooksPath=/dev/null", "fastimport.unpackLimit=100", "core.compression=1"];
  const options = settings.flatMap((setting) => ["-c", setting]);
  const { exitCode, stderr } = await runGit(
    git,
    [...options, "fast-import", "--quiet", "--done", "--date-format=raw"],
    { input: lines.join("") },
  );
  if (exitCode === 0) return true;
  if (isOvertaken(stderr)) return false;
  throw gitFailure(["fast-import"], stderr, exitCode);
}

/** Moves a ref of notes on to a commit that git has. False where it is no longer at `from` (undefined: not there). */
export async function moveNotes(
  git: Git,
  ref: string,
  { from, to }: { readonly from: CommitSha | undefined; readonly to: CommitSha },
): Promise<boolean> {
  const { exitCode, stderr } = await runGit(git, [
    "-c",
    "core.hooksPath=/dev/null",
    "update-ref",
    "--no-deref",
    ref,
    to,
    from ?? "0".repeat(to.length),
  ]);
  if (exitCode === 0) return true;
  if (isOvertaken(stderr)) return false;
  throw gitFailure(["update-ref"], stderr, exitCode);
}

function render(change: NoteChange): string {
  const { path } = change;
  if ("content" in change) return `M 100644 inline ${path}\n${data(change.content)}`;
  return change.blob === undefined ? `D ${path}\n` : `M 100644 ${change.blob} ${path}\n`;
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

/** Who commits here, with the time, in git's own form. A machine without a name has notes all the same. */
async function readCommitter(git: Git): Promise<string> {
  const { exitCode, stdout } = await runGit(git, ["var", "GIT_COMMITTER_IDENT"]);
  const ident = new TextDecoder().decode(stdout).trim();
  if (exitCode === 0 && /^[^<>\n]* <[^<>\n]*> \d+ [+-]\d{4}$/.test(ident)) return ident;
  return `agent-trace <agent-trace> ${Math.floor(Date.now() / 1000)} +0000`;
}

/** More than any number of hooks that end at once. */
const mostTries = 40;
/** Tries against a ref that does not move: a lock that somebody left behind, for which no commit is to wait long. */
const mostAtOnePlace = 5;

/**
 * Does work on notes that is tried anew where another process was faster. `attempt` gives undefined then, and says first
 * where the ref stood. Fails where the ref cannot be had.
 */
export async function tryOnNotes<T>(
  ref: string,
  attempt: (standsAt: (tip: CommitSha | undefined) => void) => Promise<T | undefined>,
): Promise<T> {
  let at: CommitSha | undefined;
  let there = 0;
  for (let tries = 0; tries < mostTries && there < mostAtOnePlace; tries++) {
    const done = await attempt((tip) => {
      there = tries > 0 && tip === at ? there + 1 : 0;
      at = tip;
    });
    if (done !== undefined) return done;
    await Bun.sleep(Math.random() * 20);
  }
  throw new AppError(
    "git_failed",
    `\`${ref}\` cannot be locked: another process has it, or left its lock behind`,
    {
      hint: "look for a lock file beside it that nobody needs any more, and try again",
    },
  );
}

/**
 * Changes the notes below a ref. The plan is made anew where another process was faster, so that neither loses anything.
 * Gives the number of changes.
 */
export async function changeNotes(
  git: Git,
  { ref, message }: { readonly ref: string; readonly message: string },
  plan: (notes: Notes | undefined, read: ReadBlob) => Promise<readonly NoteChange[]>,
): Promise<number> {
  // Git is at work with it while the plan is made. A failure is told where it is awaited.
  const committer = readCommitter(git);
  committer.catch(() => {});
  return tryOnNotes(ref, async (standsAt) => {
    await using objects = openObjects(git);
    const notes = await openNotes(objects, ref);
    standsAt(notes?.tip);
    const changes = await plan(notes, async (blob, limit) => {
      return (await objects.read(blob, limit))?.content;
    });
    if (changes.length === 0) return 0;
    const commit = { ref, message, tip: notes?.tip, changes, committer };
    return (await commitNotes(git, commit)) ? changes.length : undefined;
  });
}

/** The content of a blob; undefined where it is larger than `limit` bytes. */
export type ReadBlob = (blob: string, limit: number) => Promise<Uint8Array | undefined>;
