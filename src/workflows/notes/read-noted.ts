import { fitGitAi } from "../../attribution/fit-git-ai.ts";
import { fitSegments } from "../../attribution/fit-note.ts";
import { qualifyModel } from "../../capture/model-name.ts";
import { openNotes, ownNotes } from "../../git/notes.ts";
import { type Objects, openObjects } from "../../git/open-objects.ts";
import { readRefFile } from "../../git/read-ref.ts";
import type { Git } from "../../git/run-git.ts";
import { gitAiNotes, parseGitAiNote } from "../../schema/git-ai-note.ts";
import { isConversationId } from "../../schema/ids.ts";
import type { Ledger, LedgerFile, Segment } from "../../schema/ledger.ts";
import { largestNote, ledgerInNote, parseNote, summariesInNote } from "../../schema/note.ts";

/** What a note says of a commit: its author's word, of which what the committed files bear out is left. */
export interface Noted {
  readonly ledger: Ledger;
  readonly source: "note" | "git-ai";
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

const mostUnreadable = 50;
const largestBlob = 256 * 1024 * 1024;

/**
 * What git's notes say of files of commits of which nothing else here tells: ours, else git-ai's. Notes are strangers'
 * input: their shape is checked, and each claim is compared with the committed text. No process is started where there
 * are no notes.
 */
export async function readNoted(git: Git, wanted: WantedFiles): Promise<Map<string, Noted>> {
  const found = new Map<string, Noted>();
  const refs = [ownNotes, gitAiNotes].filter(
    (ref) => readRefFile(git.repository, ref) !== "unborn",
  );
  if (wanted.size === 0 || refs.length === 0) return found;
  await using objects = openObjects(git);
  for (const ref of refs) {
    const notes = await openNotes(objects, ref);
    if (notes === undefined) continue;
    let unreadable = 0;
    for (const [commit, paths] of wanted) {
      if (found.has(commit)) continue;
      const { blob } = await notes.find(commit);
      if (blob === undefined) continue;
      const object = await objects.read(blob, largestNote);
      if (object?.type !== "blob") {
        // A partial clone whose notes were fetched without their texts: each question costs a process there.
        if (++unreadable > mostUnreadable) break;
        continue;
      }
      const told = ref === ownNotes ? readOwn(object.content, commit) : readGitAi(object.content);
      if (told === undefined) continue;
      const files: [string, LedgerFile][] = [];
      for (const path of paths) {
        const segments = await told.fit(path, () => readFile(objects, commit, path));
        if (segments.length > 0) files.push([path, { line_attributions: segments }]);
      }
      const { source, summaries } = told;
      const ledger = {
        version: "2.0",
        commit_sha: commit,
        trace_ids: [],
        files: Object.fromEntries(files),
      };
      found.set(commit, { ledger, source, summaries });
    }
  }
  return found;
}

type ReadFile = () => Promise<Uint8Array | undefined>;

/** A note, and what its claims of a file come to. */
interface Told extends Pick<Noted, "source" | "summaries"> {
  fit(path: string, read: ReadFile): Promise<Segment[]>;
}

function readOwn(content: Uint8Array, commit: string): Told | undefined {
  const note = parseNote(content);
  const ledger = note === undefined ? undefined : ledgerInNote(note, commit);
  if (note === undefined || ledger === undefined) return undefined;
  return {
    source: "note",
    summaries: summariesInNote(note),
    async fit(path, read) {
      const file = Object.hasOwn(ledger.files, path) ? ledger.files[path] : undefined;
      if (file === undefined) return [];
      return fitSegments(file.line_attributions, await read()).map(withoutOddNames);
    },
  };
}

function readGitAi(content: Uint8Array): Told | undefined {
  const note = parseGitAiNote(content);
  if (note === undefined) return undefined;
  const named = new Set(note.files.map(({ path }) => path));
  return {
    source: "git-ai",
    summaries: new Map(),
    async fit(path, read) {
      if (!named.has(path)) return [];
      return fitGitAi(note, path, await read()).map((segment) =>
        segment.model_id === undefined
          ? segment
          : { ...segment, model_id: qualifyModel(segment.model_id) },
      );
    },
  };
}

async function readFile(
  objects: Objects,
  commit: string,
  path: string,
): Promise<Uint8Array | undefined> {
  const blob = await objects.read(`${commit}:${path}`, largestBlob);
  return blob?.type === "blob" ? blob.content : undefined;
}

/** What names no conversation is not looked for among ours. */
function withoutOddNames(segment: Segment): Segment {
  if (segment.conversation_id === undefined || isConversationId(segment.conversation_id)) {
    return segment;
  }
  const { conversation_id: _, ...rest } = segment;
  return rest;
}
