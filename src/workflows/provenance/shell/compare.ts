import { statSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { type Authored, unclaimed } from "../../../attribution/authored.ts";
import { matchLines } from "../../../attribution/diff.ts";
import { followFormatted } from "../../../attribution/follow-formatted.ts";
import { type Authors, type Change, nobody } from "../../../attribution/follow.ts";
import { decodeText, splitLines } from "../../../attribution/lines.ts";
import {
  type MovedFrom,
  keepMovedAuthors,
  keepReorderedAuthors,
} from "../../../attribution/keep-moved.ts";
import { isAmbiguous, openLines } from "../../../attribution/open-lines.ts";
import type { Objects } from "../../../git/open-objects.ts";
import { readAddedOnDisk } from "../../../git/read-changes.ts";
import type { PendingFile } from "../../../schema/pending.ts";
import { type PendingPlace, readPending } from "../../../store/pending.ts";
import { type ShellState, readSeen } from "../../../store/shell-state.ts";
import type { Project } from "../../projects/find-project.ts";
import { AuthorList, commandAuthor } from "./author-list.ts";
import { hasLines, readLinesOf } from "./work-tree-text.ts";

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
}

/** So many files at most have their committed authors looked up at one event: each costs a run of git. */
const mostLookups = 40;

/** The files of these paths that changed, each followed from what the command found, without what moved between them. */
export async function compareFiles(
  comparison: Comparison,
  paths: readonly string[],
): Promise<ChangedFile[]> {
  const { workTree } = comparison.project.git.repository;
  const files: ChangedFile[] = [];
  for (const path of paths) {
    const content = readLinesOf(workTree, path);
    if (content === undefined) continue;
    const found = await textBefore(comparison, path);
    if (found === undefined) continue;
    const text = decodeText(content);
    if (found.before.text === text) continue;
    const after = await follow(comparison, path, { before: found.before, text });
    files.push({ path, content, ...found, after });
  }
  const lookups = { left: mostLookups };
  for (const file of files) {
    if (!file.isCommitted || !isRespaced(file)) continue;
    const before = await committedAuthors(comparison, file.path, {
      text: file.before.text,
      lookups,
    });
    const { text } = file.after;
    Object.assign(file, { before, after: await follow(comparison, file.path, { before, text }) });
  }
  await keepMoved(comparison, files, lookups);
  return files;
}

async function follow(
  comparison: Comparison,
  path: string,
  { before, text }: { before: Authored; text: string },
): Promise<Authored> {
  const lines = splitLines(text);
  const from = { lines: splitLines(before.text), authors: before.authors };
  const change = { before: from.lines, authors: before.authors, after: lines };
  const told = { ...change, newAuthor: commandAuthor };
  const followed = followFormatted(told);
  const authors = isAmbiguous(told, followed)
    ? await settleOpen(comparison, path, { change: told, followed })
    : followed;
  const reordered = keepReorderedAuthors({ lines, authors, newAuthor: commandAuthor }, from);
  return { text, authors: reordered };
}

/** Asks git which of equal lines are new, where that alone can tell. */
async function settleOpen(
  { project, state, objects }: Comparison,
  path: string,
  { change, followed }: { change: Change; followed: Authors },
): Promise<Authors> {
  const blob = state.head === undefined ? undefined : await objects.read(`${state.head}:${path}`);
  if (state.head === undefined || blob?.type !== "blob") return followed;
  const open = openLines(change, followed, splitLines(decodeText(blob.content)));
  if (open.size === 0) return followed;
  const settled = [...followed];
  for (const { start, end } of await readAddedOnDisk(project.git, state.head, path)) {
    for (let at = start - 1; at < end; at++) settled[at] = open.get(at) ?? settled[at] ?? nobody;
  }
  return settled;
}

/** The text that the command found, and who wrote it as far as no commit has it. Undefined where it is not known. */
async function textBefore(
  { place, state, objects, authors }: Comparison,
  path: string,
): Promise<Pick<ChangedFile, "pending" | "before" | "isCommitted"> | undefined> {
  const pending = readPending(place, path);
  if (pending !== undefined) return { pending, before: authors.take(pending), isCommitted: false };
  if (Object.hasOwn(state.files, path)) {
    if (state.files[path] === "") return { pending, before: unclaimed(""), isCommitted: false };
    const seen = readSeen(place, path);
    return seen === undefined
      ? undefined
      : { pending, before: unclaimed(seen), isCommitted: false };
  }
  const blob = state.head === undefined ? undefined : await objects.read(`${state.head}:${path}`);
  if (blob === undefined) return { pending, before: unclaimed(""), isCommitted: false };
  if (blob.type !== "blob" || !hasLines(blob.content)) return undefined;
  return { pending, before: unclaimed(decodeText(blob.content)), isCommitted: true };
}

/** Whether a line kept its author though it reads otherwise or stands elsewhere: then it matters who that was. */
function isRespaced({ before, after }: ChangedFile): boolean {
  const lines = splitLines(after.text);
  const known = new Set(splitLines(before.text));
  if (lines.some((line, at) => after.authors[at] === nobody && !known.has(line))) return true;
  // Where the lines that kept their author are no longer in the order that they had.
  const kept = lines.filter((_, at) => after.authors[at] === nobody);
  let next = 0;
  for (const line of splitLines(before.text)) if (line === kept[next]) next++;
  return next < kept.length;
}

async function committedAuthors(
  { project, state, authors }: Comparison,
  path: string,
  { text, lookups }: { text: string; lookups: { left: number } },
): Promise<Authored> {
  if (state.head === undefined || lookups.left-- <= 0) return unclaimed(text);
  const { readCommittedAuthors } = await import("./committed-authors.ts");
  const claims = await readCommittedAuthors(project, state.head, path);
  const lines = splitLines(text).length;
  return claims.length === lines ? authors.takeLines(text, claims) : unclaimed(text);
}

/** A text from which lines may have come, and, where only ledgers say who wrote it, its path. */
interface Source extends MovedFrom {
  readonly committed: string | undefined;
  readonly text: string;
  /** The file of which it is the text before. */
  readonly of?: ChangedFile;
}

/** Lines that the command moved or copied, also between files, keep their authors. */
async function keepMoved(
  comparison: Comparison,
  files: readonly ChangedFile[],
  lookups: { left: number },
): Promise<void> {
  const common = files
    .filter(({ before }) => before.text !== "")
    .map((of): Source => ({
      lines: splitLines(of.before.text),
      authors: of.before.authors,
      isCertain: of.after.text === "",
      committed: of.isCommitted ? of.path : undefined,
      text: of.before.text,
      of,
    }));
  for (const file of files) {
    if (file.after.text === "" || !file.after.authors.includes(commandAuthor)) continue;
    const isNew = file.before.text === "";
    const named = isNew ? namedSources(comparison, { file, files }) : [];
    const others = common.filter(({ of }) => of !== file);
    const own = common.filter(({ of }) => of === file).map((from) => goneFrom(from, file));
    const sources = [...named, ...others, ...own];
    const lines = splitLines(file.after.text);
    const text = { lines, authors: file.after.authors, newAuthor: commandAuthor };
    // First only whose lines moved: who wrote a committed text costs a run of git to find out.
    const marked = sources.map((source, at) => ({
      ...source,
      authors: source.lines.map(() => -2 - at),
    }));
    const used = new Set(keepMovedAuthors(text, marked).filter((author) => author <= -2));
    if (used.size === 0) continue;
    for (const mark of used) {
      const at = -2 - mark;
      const source = sources[at];
      if (source?.committed === undefined) continue;
      const from = { text: source.text, lookups };
      const known = await committedAuthors(comparison, source.committed, from);
      sources[at] = { ...source, authors: known.authors, committed: undefined };
    }
    file.after = { text: file.after.text, authors: keepMovedAuthors(text, sources) };
  }
}

/** No line of a text reads so. */
const standing = "\n";

/** Of a file's own text what no longer stands where it stood: the rest did not move, and to repeat it is to write it. */
function goneFrom(source: Source, { after }: ChangedFile): Source {
  const lines = [...source.lines];
  for (const { before, length } of matchLines(lines, splitLines(after.text))) {
    lines.fill(standing, before, before + length);
  }
  return { ...source, lines };
}

/** Files that the command line names, and that a new file may be a copy of: the file itself, or one below a directory. */
function namedSources(
  { project, place, state, authors, command = "", cwd }: Comparison,
  { file, files }: { file: ChangedFile; files: readonly ChangedFile[] },
): Source[] {
  const { workTree } = project.git.repository;
  const words = command
    .split(/[\s'"`;|&()<>=]+/)
    .filter((word) => word !== "" && !word.startsWith("-"));
  const tail = file.path.split("/");
  const sources: Source[] = [];
  const seen = new Set([file.path]);
  for (const word of words.slice(0, 60)) {
    const named = resolve(cwd ?? workTree, word);
    const isDirectory = statSync(named, { throwIfNoEntry: false })?.isDirectory() === true;
    const candidates = isDirectory ? tail.map((_, at) => join(named, ...tail.slice(at))) : [named];
    for (const candidate of candidates) {
      const path = relative(workTree, candidate).split(sep).join("/");
      if (path === "" || path.startsWith("../") || seen.has(path)) continue;
      seen.add(path);
      const content = readLinesOf(workTree, path);
      if (content === undefined || content.length === 0) continue;
      const changed = files.find((other) => other.path === path)?.after;
      const pending = readPending(place, path);
      const text = decodeText(content);
      const known = changed ?? (pending === undefined ? unclaimed(text) : authors.take(pending));
      const isCommitted =
        changed === undefined && pending === undefined && !Object.hasOwn(state.files, path);
      sources.push({
        lines: splitLines(known.text),
        authors: known.authors,
        isCertain: true,
        committed: isCommitted ? path : undefined,
        text: known.text,
      });
    }
  }
  return sources;
}
