import type { CommitSha } from "../schema/ids.ts";
import { type Objects } from "./open-objects.ts";
import { readCommit } from "./read-commit.ts";

export const ownNotes = "refs/notes/agent-trace";

/** The notes below one ref, as they stood when it was opened. */
export interface Notes {
  /** The commit at which the ref stands. */
  readonly tip: CommitSha;
  /** Where a commit's note stands in the tree, or would stand; `blob` is undefined where there is none. */
  find(commit: string): Promise<NotePlace>;
}

export interface NotePlace {
  readonly path: string;
  readonly blob: string | undefined;
}

interface Entry {
  readonly isTree: boolean;
  readonly id: string;
}
type Entries = ReadonlyMap<string, Entry>;

/** A flat tree of half a million notes. */
const largestTree = 64 * 1024 * 1024;

/** Undefined where the repository has no such ref. Only trees on the way to a note are read, each once. */
export async function openNotes(objects: Objects, ref: string): Promise<Notes | undefined> {
  const commit = await readCommit(objects, ref);
  if (commit === undefined) return undefined;
  const known = new Map<string, Promise<Entries>>();
  const entriesOf = (tree: string, idBytes: number): Promise<Entries> => {
    const reading =
      known.get(tree) ??
      objects.read(tree, largestTree).then((object) => parseTree(object?.content, idBytes));
    known.set(tree, reading);
    return reading;
  };
  return {
    tip: commit.sha,
    async find(sha) {
      let entries = await entriesOf(commit.tree, sha.length / 2);
      for (let depth = 0; ; depth++) {
        const folders = Array.from({ length: depth }, (_, at) => sha.slice(2 * at, 2 * at + 2));
        const [first, rest] = [sha.slice(2 * depth, 2 * depth + 2), sha.slice(2 * depth)];
        const here = [...folders, rest].join("/");
        const blob = entries.get(rest);
        if (blob?.isTree === false) return { path: here, blob: blob.id };
        const folder = entries.get(first);
        // A new note gets a folder, so that no tree grows with all of history.
        if (folder?.isTree !== true || depth > 16) {
          const below = depth === 0 ? [first, sha.slice(2)].join("/") : here;
          return { path: below, blob: undefined };
        }
        entries = await entriesOf(folder.id, sha.length / 2);
      }
    },
  };
}

/** Where the first note of a repository stands. */
export function firstPlace(commit: string): NotePlace {
  return { path: `${commit.slice(0, 2)}/${commit.slice(2)}`, blob: undefined };
}

/** Git's form of a tree: for each entry its mode, a blank, its name, a zero byte and the id's bytes. */
function parseTree(content: Uint8Array | undefined, idBytes: number): Entries {
  const entries = new Map<string, Entry>();
  const bytes = Buffer.from(content ?? []);
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(0, at);
    if (end < 0) break;
    const [mode = "", name = ""] = bytes.toString("latin1", at, end).split(" ");
    const id = bytes.toString("hex", end + 1, end + 1 + idBytes);
    entries.set(name, { isTree: mode === "40000", id });
    at = end + 1 + idBytes;
  }
  return entries;
}
