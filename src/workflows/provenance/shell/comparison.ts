import { type Authored, unclaimed } from "../../../attribution/authored.ts";
import { splitLines } from "../../../attribution/lines.ts";
import type { Objects } from "../../../git/open-objects.ts";
import type { PendingFile } from "../../../schema/pending.ts";
import type { PendingPlace } from "../../../store/pending.ts";
import type { ShellState } from "../../../store/shell-state.ts";
import type { Project } from "../../projects/find-project.ts";
import type { AuthorList } from "./author-list.ts";

/** One file that a command left otherwise than it found it. */
export interface ChangedFile {
  readonly path: string;
  readonly pending: PendingFile | undefined;
  readonly before: Authored;
  /** Which text the command found: one of HEAD, of which only ledgers say who wrote it. */
  readonly isCommitted: boolean;
  readonly content: Uint8Array;
  after: Authored;
}

export interface Comparison {
  readonly project: Project;
  readonly place: PendingPlace;
  readonly state: ShellState;
  readonly objects: Objects;
  readonly authors: AuthorList;
  readonly command: string | undefined;
  readonly cwd: string | undefined;
  /** When the command began, as `Date.now()`. */
  readonly since: number;
  readonly lookups: { left: number };
}

/** So many files at most have their committed authors looked up at one event: each costs a run of git. */
export const mostLookups = 40;

/** A text as HEAD had it, and who wrote its lines by the ledgers. */
export async function committedAuthors(
  { project, state, authors, lookups }: Comparison,
  path: string,
  text: string,
): Promise<Authored> {
  if (state.head === undefined || lookups.left-- <= 0) return unclaimed(text);
  const { readCommittedAuthors } = await import("./committed-authors.ts");
  const claims = await readCommittedAuthors(project, state.head, path);
  const lines = splitLines(text).length;
  return claims.length === lines ? authors.takeLines(text, claims) : unclaimed(text);
}
