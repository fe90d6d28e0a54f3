import { openObjects } from "../../git/open-objects.ts";
import { readCommit } from "../../git/read-commit.ts";
import type { NoteChange } from "../../git/write-notes.ts";
import { isObject } from "../../schema/is-object.ts";
import { largestNote, parseNote, renderNote } from "../../schema/note.ts";
import type { Summary } from "../../schema/summary.ts";
import { openHistory } from "../../store/open-history.ts";
import { readProjectConfig } from "../../store/project-settings.ts";
import type { Project } from "../projects/find-project.ts";
import { originsOf } from "../provenance/made-here.ts";
import { changeOwnNotes } from "./annotate.ts";
import { areNotesOn, contentsOf } from "./note-contents.ts";

/**
 * Puts a summary that was just made into the notes of the commits that hold its conversation's lines, where summaries are
 * wanted in notes: a session is summarised when it ends, and its commits are made before. The rest of each note stays
 * as it is; commits of others, and notes that are not there, are left alone.
 */
export async function noteSummary(project: Project, summary: Summary): Promise<void> {
  const { paths, git } = project;
  const config = readProjectConfig(paths, () => {}) ?? {};
  if (!areNotesOn(config) || !contentsOf(config).summary) return;
  const { conversation_id: id, summary: text } = summary;
  const shas = ((): string[] => {
    using history = openHistory(paths);
    return history.ledgersOf(id).map(({ commit_sha }) => commit_sha);
  })();
  const commits = await own(project, [...new Set(shas)]);
  if (commits.length === 0) return;
  await changeOwnNotes(git, async (notes, read) => {
    const changes: NoteChange[] = [];
    for (const commit of commits) {
      const { path, blob } = (await notes?.find(commit)) ?? {};
      const before = blob === undefined ? undefined : await read(blob, largestNote);
      const note = before && parseNote(before);
      if (note === undefined || path === undefined) continue;
      const told = isObject(note["summary"]) ? note["summary"] : {};
      const content = renderNote({ ...note, summary: { ...told, [id]: text } });
      if (content !== Buffer.from(before ?? []).toString("utf8")) changes.push({ path, content });
    }
    return changes;
  });
}

async function own(project: Project, shas: readonly string[]): Promise<string[]> {
  await using objects = openObjects(project.git);
  const found = [];
  for (const sha of shas) found.push((await readCommit(objects, sha)) ?? []);
  const commits = found.flat();
  const originOf = await originsOf(project, commits);
  return commits.filter((commit) => originOf(commit) !== undefined).map(({ sha }) => sha);
}
