import { type Notes, firstPlace, ownNotes } from "../../git/notes.ts";
import type { Git } from "../../git/run-git.ts";
import { type NoteChange, type ReadBlob, changeNotes } from "../../git/write-notes.ts";
import type { Ledger } from "../../schema/ledger.ts";
import { largestNote, parseNote, renderNote } from "../../schema/note.ts";
import { openHistory } from "../../store/open-history.ts";
import { readProjectConfig } from "../../store/project-settings.ts";
import type { Project } from "../projects/find-project.ts";
import type { LinkedCommit } from "../provenance/link-commit.ts";
import { originsOf } from "../provenance/made-here.ts";
import { type NoteWorld, buildNote } from "./build-note.ts";
import { type NoteContents, areNotesOn, contentsOf } from "./note-contents.ts";

/**
 * Gives commits that were just linked their notes, where the settings say so: those with a ledger that were made here.
 * Of a commit that came from elsewhere its author writes the note.
 */
export async function annotate(project: Project, linked: readonly LinkedCommit[]): Promise<void> {
  const told = linked.filter(({ ledger }) => ledger !== undefined);
  if (told.length === 0) return;
  const config = readProjectConfig(project.paths, () => {}) ?? {};
  if (!areNotesOn(config)) return;
  const originOf = await originsOf(
    project,
    told.map(({ commit }) => commit),
  );
  const ledgers = told.flatMap(({ commit, ledger }) =>
    ledger !== undefined && originOf(commit) !== undefined ? [ledger] : [],
  );
  await writeNotesOf(project, ledgers, contentsOf(config));
}

export interface WrittenNotes {
  readonly written: number;
  /** They say already what they would say. */
  readonly same: number;
  /** Commits whose note another program wrote, which stays. */
  readonly foreign: readonly string[];
}

/** Writes the notes of these ledgers, all in one commit. */
export async function writeNotesOf(
  project: Project,
  ledgers: readonly Ledger[],
  contents: NoteContents,
): Promise<WrittenNotes> {
  const found = { same: 0, foreign: [] as string[] };
  if (ledgers.length === 0) return { written: 0, ...found };
  const { paths, git } = project;
  const hasWords = contents.prompts || contents.summary;
  // What takes secrets out is loaded only where people's words go into notes.
  const redact = hasWords
    ? await (await import("./redact-words.ts")).wordRedactor(project)
    : (text: string): string => text;
  using history = openHistory(paths);
  const world: NoteWorld = { paths, history, redact };
  const texts = ledgers.map((ledger) => ({
    commit: ledger.commit_sha,
    content: renderNote(buildNote(world, ledger, contents)),
  }));
  const written = await changeOwnNotes(git, async (notes, read) => {
    Object.assign(found, { same: 0, foreign: [] });
    const changes: NoteChange[] = [];
    for (const { commit, content } of texts) {
      const place = (await notes?.find(commit)) ?? firstPlace(commit);
      const before = place.blob === undefined ? undefined : await read(place.blob, largestNote);
      if (place.blob !== undefined && (before === undefined || parseNote(before) === undefined)) {
        found.foreign.push(commit);
      } else if (before !== undefined && new TextDecoder().decode(before) === content) {
        found.same++;
      } else changes.push({ path: place.path, content });
    }
    return changes;
  });
  return { written, ...found };
}

/** Changes notes of ours; other programs, and other processes of ours, may do so at the same time. */
export function changeOwnNotes(
  git: Git,
  plan: (notes: Notes | undefined, read: ReadBlob) => Promise<readonly NoteChange[]>,
): Promise<number> {
  return changeNotes(git, { ref: ownNotes, message: "Notes of agent-trace\n" }, plan);
}
