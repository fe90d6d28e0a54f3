import type { NoteSection } from "../../schema/note.ts";
import type { ProjectConfig } from "../../schema/settings.ts";

/** Which parts a note gets. */
export type NoteContents = Readonly<Record<NoteSection, boolean>>;

/** What the settings say; people's words are in a note only where somebody asked for it. */
export function contentsOf({ notes = {} }: ProjectConfig): NoteContents {
  return {
    ledger: notes.include_ledger ?? true,
    summary: notes.include_summary ?? false,
    prompts: notes.include_prompts ?? false,
    all_session_conversations: notes.all_session_conversations ?? false,
  };
}

export function areNotesOn({ notes }: ProjectConfig): boolean {
  return notes?.enabled !== false;
}
