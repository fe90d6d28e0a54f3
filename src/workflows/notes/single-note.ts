import { AppError } from "../../errors.ts";
import { openNotes, ownNotes } from "../../git/notes.ts";
import { openObjects } from "../../git/open-objects.ts";
import { resolveCommit } from "../../git/read-history.ts";
import type { CommitSha } from "../../schema/ids.ts";
import { type NoteSection, largestNote, parseNote, renderNote } from "../../schema/note.ts";
import type { Project } from "../projects/find-project.ts";
import { changeOwnNotes } from "./annotate.ts";

export interface CommitNote {
  readonly commit: CommitSha;
  /** Undefined of a note that another program wrote. */
  readonly note: Record<string, unknown> | undefined;
  readonly text: string;
}

/** The note of a commit as it stands. Fails with `not_found` where it has none. */
export async function readNote(project: Project, revision: string): Promise<CommitNote> {
  const { git } = project;
  const commit = await resolveCommit(git, revision);
  await using objects = openObjects(git);
  const place = await (await openNotes(objects, ownNotes))?.find(commit);
  const blob = place?.blob === undefined ? undefined : await objects.read(place.blob, largestNote);
  if (blob === undefined) throw noNote(commit);
  const text = new TextDecoder().decode(blob.content);
  return { commit, note: parseNote(blob.content), text };
}

/** Takes parts out of a note. Gives whether anything was there to take. */
export async function stripNote(
  project: Project,
  revision: string,
  sections: readonly NoteSection[],
): Promise<{ readonly commit: CommitSha; readonly changed: boolean }> {
  const { commit, note } = await readNote(project, revision);
  const short = commit.slice(0, 7);
  if (note === undefined) {
    throw new AppError("usage", `another program wrote the note of ${short}: it stays as it is`, {
      hint: `\`agent-trace notes show ${short}\` shows it`,
    });
  }
  const changes = await changeOwnNotes(project.git, async (notes, read) => {
    const place = await notes?.find(commit);
    const content = place?.blob === undefined ? undefined : await read(place.blob, largestNote);
    const now = content === undefined ? undefined : parseNote(content);
    if (place === undefined || now === undefined) return [];
    if (!sections.some((section) => Object.hasOwn(now, section))) return [];
    for (const section of sections) delete now[section];
    return [{ path: place.path, content: renderNote(now) }];
  });
  return { commit, changed: changes > 0 };
}

function noNote(commit: CommitSha): AppError {
  const short = commit.slice(0, 7);
  return new AppError("not_found", `${short} has no note`, {
    hint: `\`agent-trace notes attach ${short}\` writes one from its ledger; \`agent-trace notes pull\` brings those of others`,
  });
}
