import { type ListedNote, listNotes, readNoteTimes } from "../../git/list-notes.ts";
import { openObjects } from "../../git/open-objects.ts";
import { type Git, runGit } from "../../git/run-git.ts";
import { readCommit } from "../../git/read-commit.ts";
import { type NoteChange, commitNotes, moveNotes, tryOnNotes } from "../../git/write-notes.ts";
import { ownNotes } from "../../git/notes.ts";
import { type CommitSha, isCommitSha } from "../../schema/ids.ts";
import { mergeNotes } from "../../schema/merge-notes.ts";
import { largestNote } from "../../schema/note.ts";

/** What a merge changed of the notes here. */
export interface MergedNotes {
  /** Commits whose note came along, was replaced or went. */
  readonly taken: number;
  /** Commits of which both sides had written one since they parted. */
  readonly merged: number;
}

/**
 * Takes fetched notes in, commit by commit: what only one side changed since both parted is as that side has it, and
 * of what both changed one note is made. Tried anew where a hook writes a note meanwhile.
 */
export function mergeFetched(git: Git, theirs: CommitSha): Promise<MergedNotes> {
  return tryOnNotes(ownNotes, async (standsAt) => {
    const ours = await readTip(git);
    standsAt(ours);
    return tryMerge(git, ours, theirs);
  });
}

async function tryMerge(
  git: Git,
  ours: CommitSha | undefined,
  theirs: CommitSha,
): Promise<MergedNotes | undefined> {
  const base = ours === undefined ? undefined : await readBase(git, ours, theirs);
  if (base === theirs) return { taken: 0, merged: 0 };
  const [own, fetched, former] = await Promise.all(
    [ours, theirs, base].map((tip) =>
      tip === undefined ? new Map<string, ListedNote>() : listNotes(git, tip),
    ),
  );
  const plan = planMerge(own ?? new Map(), fetched ?? new Map(), former ?? new Map());
  const taken = plan.taken.length;
  if (ours === undefined || base === ours) {
    const isMoved = await moveNotes(git, ownNotes, { from: ours, to: theirs });
    return isMoved ? { taken, merged: 0 } : undefined;
  }
  const merged = await uniteBoth(git, plan.both, { base, ours, theirs });
  const isDone = await commitNotes(git, {
    ref: ownNotes,
    message: "Merged notes of agent-trace\n",
    tip: ours,
    merges: theirs,
    changes: [...plan.taken, ...merged],
  });
  return isDone ? { taken, merged: plan.both.length } : undefined;
}

/** The tip of our notes; undefined where there are none. */
export async function readTip(git: Git): Promise<CommitSha | undefined> {
  await using objects = openObjects(git);
  return (await readCommit(objects, ownNotes))?.sha;
}

async function readBase(git: Git, one: string, other: string): Promise<CommitSha | undefined> {
  const { stdout } = await runGit(git, ["merge-base", one, other]);
  const base = new TextDecoder().decode(stdout).trim();
  return isCommitSha(base) ? base : undefined;
}

interface BothChanged {
  readonly commit: string;
  readonly path: string;
  readonly own: string;
  readonly fetched: string;
}

type Listed = ReadonlyMap<string, ListedNote>;

function planMerge(
  own: Listed,
  fetched: Listed,
  former: Listed,
): { readonly taken: NoteChange[]; readonly both: BothChanged[] } {
  const taken: NoteChange[] = [];
  const both: BothChanged[] = [];
  for (const [commit, { path, blob }] of fetched) {
    const ours = own.get(commit);
    if (ours?.blob === blob) continue;
    const before = former.get(commit)?.blob;
    // Unchanged there since both parted: here it was changed, or taken away.
    if (before === blob) continue;
    if (ours === undefined || before === ours.blob) taken.push({ path: ours?.path ?? path, blob });
    else both.push({ commit, path: ours.path, own: ours.blob, fetched: blob });
  }
  for (const [commit, { path, blob }] of own) {
    const isGone = !fetched.has(commit) && former.get(commit)?.blob === blob;
    if (isGone) taken.push({ path, blob: undefined });
  }
  return { taken, both };
}

async function uniteBoth(
  git: Git,
  notes: readonly BothChanged[],
  { base, ours, theirs }: { base: string | undefined; ours: string; theirs: string },
): Promise<NoteChange[]> {
  if (notes.length === 0) return [];
  const [own, fetched] = await Promise.all(
    [ours, theirs].map((to) => readNoteTimes(git, { from: base, to })),
  );
  await using objects = openObjects(git);
  const changes: NoteChange[] = [];
  for (const note of notes) {
    const [first, second] = [await read(note.own), await read(note.fetched)];
    if (first === undefined || second === undefined) {
      // One is larger than any note: the other one stays.
      changes.push({ path: note.path, blob: first === undefined ? note.fetched : note.own });
      continue;
    }
    const times = [own?.get(note.commit) ?? 0, fetched?.get(note.commit) ?? 0] as const;
    // Written in the same second: any order, so long as all who merge take the same one.
    const isOwnNewer = times[0] === times[1] ? note.own > note.fetched : times[0] > times[1];
    const content = isOwnNewer ? mergeNotes(first, second) : mergeNotes(second, first);
    changes.push({ path: note.path, content });
  }
  return changes;

  async function read(blob: string): Promise<Uint8Array | undefined> {
    return (await objects.read(blob, largestNote))?.content;
  }
}
