import { fitSegments } from "../../attribution/fit-note.ts";
import { type Notes, openNotes, ownNotes } from "../../git/notes.ts";
import { type Objects, openObjects } from "../../git/open-objects.ts";
import { readRefFile } from "../../git/read-ref.ts";
import type { Git } from "../../git/run-git.ts";
import { isConversationId } from "../../schema/ids.ts";
import type { Ledger, LedgerFile } from "../../schema/ledger.ts";
import { largestNote, ledgerInNote, parseNote, summariesInNote } from "../../schema/note.ts";

/** What a note says of a commit: its author's word, of which what the committed files bear out is left. */
export interface Noted {
  readonly ledger: Ledger;
  readonly source: "note";
  /** Summaries of conversations by their ids. */
  readonly summaries: ReadonlyMap<string, string>;
}

/** Files by commit, under the paths that they have there. */
export type WantedFiles = ReadonlyMap<string, ReadonlySet<string>>;

/** The files that lines came from, by commit. */
export function wantedOf(
  lines: Iterable<{ readonly commit: string | undefined; readonly originalPath: string }>,
  isWanted: (commit: string) => boolean,
): WantedFiles {
  const wanted = new Map<string, Set<string>>();
  for (const { commit, originalPath } of lines) {
    if (commit === undefined || !isWanted(commit)) continue;
    const paths = wanted.get(commit);
    if (paths === undefined) wanted.set(commit, new Set([originalPath]));
    else paths.add(originalPath);
  }
  return wanted;
}

const largestBlob = 256 * 1024 * 1024;

/**
 * What git's notes say of files of commits of which nothing else here tells. Notes are strangers' input: their shape is
 * checked, and each claim is compared with the committed text. No process is started where there are no notes.
 */
export async function readNoted(git: Git, wanted: WantedFiles): Promise<Map<string, Noted>> {
  const found = new Map<string, Noted>();
  if (wanted.size === 0 || readRefFile(git.repository, ownNotes) === "unborn") return found;
  await using objects = openObjects(git);
  const notes = await openNotes(objects, ownNotes);
  if (notes === undefined) return found;
  for (const [commit, paths] of wanted) {
    const told = await readOwn(objects, notes, commit);
    if (told === undefined) continue;
    const files = await fitFiles(objects, told.ledger, paths);
    const { summaries } = told;
    found.set(commit, { ledger: { ...told.ledger, files }, source: "note", summaries });
  }
  return found;
}

async function readOwn(
  objects: Objects,
  notes: Notes,
  commit: string,
): Promise<Pick<Noted, "ledger" | "summaries"> | undefined> {
  const { blob } = await notes.find(commit);
  const object = blob === undefined ? undefined : await objects.read(blob, largestNote);
  const note = object?.type === "blob" ? parseNote(object.content) : undefined;
  const ledger = note === undefined ? undefined : ledgerInNote(note, commit);
  if (ledger === undefined) return undefined;
  return { ledger, summaries: summariesInNote(note ?? {}) };
}

async function fitFiles(
  objects: Objects,
  { commit_sha, files }: Ledger,
  paths: ReadonlySet<string>,
): Promise<Record<string, LedgerFile>> {
  const fitting: [string, LedgerFile][] = [];
  for (const path of paths) {
    const file = Object.hasOwn(files, path) ? files[path] : undefined;
    if (file === undefined) continue;
    const blob = await objects.read(`${commit_sha}:${path}`, largestBlob);
    const content = blob?.type === "blob" ? blob.content : undefined;
    const segments = fitSegments(file.line_attributions, content).map(withoutOddNames);
    if (segments.length > 0) fitting.push([path, { line_attributions: segments }]);
  }
  return Object.fromEntries(fitting);
}

/** What names no conversation is not looked for among ours. */
function withoutOddNames<T extends { readonly conversation_id?: string }>(segment: T): T {
  if (segment.conversation_id === undefined || isConversationId(segment.conversation_id)) {
    return segment;
  }
  const { conversation_id: _, ...rest } = segment;
  return rest as T;
}
