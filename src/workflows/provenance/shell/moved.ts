import { unclaimed } from "../../../attribution/authored.ts";
import { matchLines } from "../../../attribution/diff.ts";
import { nobody } from "../../../attribution/follow.ts";
import {
  type MovedFrom,
  keepMovedAuthors,
  keepReorderedAuthors,
} from "../../../attribution/keep-moved.ts";
import { splitLines } from "../../../attribution/lines.ts";
import { observeFile } from "../../../attribution/pending-file.ts";
import { readPending } from "../../../store/pending.ts";
import { commandAuthor } from "./author-list.ts";
import { type ChangedFile, type Comparison, committedAuthors } from "./comparison.ts";
import { NamedFiles } from "./named-files.ts";

/** A text from which lines may have come, and, where only ledgers say who wrote it, its path. */
interface Source extends MovedFrom {
  readonly committed: string | undefined;
  readonly text: string;
  /** The file of which it is the text before. */
  readonly of?: ChangedFile;
}

/** Lines that the command moved or copied, also between files, keep their authors. */
export async function keepMoved(
  comparison: Comparison,
  files: readonly ChangedFile[],
): Promise<void> {
  const named = new NamedFiles({
    ...comparison,
    workTree: comparison.project.git.repository.workTree,
  });
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
    const others = common.filter(({ of }) => of !== file);
    const own = common.filter(({ of }) => of === file).map((from) => goneFrom(from, file));
    const copied = copiedFrom(comparison, named, { file, files });
    const sources = [...copied, ...others, ...own];
    await keepMovedRuns(comparison, file, sources);
    if (file.before.text === "") await keepSorted(comparison, file, common);
  }
}

async function keepMovedRuns(
  comparison: Comparison,
  file: ChangedFile,
  sources: Source[],
): Promise<void> {
  const lines = splitLines(file.after.text);
  const text = { lines, authors: file.after.authors, newAuthor: commandAuthor };
  // First only whose lines moved: who wrote a committed text costs a run of git to find out.
  const marked = sources.map((source, at) => ({
    ...source,
    authors: source.lines.map(() => -2 - at),
  }));
  const used = new Set(keepMovedAuthors(text, marked).filter((author) => author <= -2));
  if (used.size === 0) return;
  for (const mark of used) {
    const at = -2 - mark;
    const source = sources[at];
    if (source?.committed === undefined) continue;
    const known = await committedAuthors(comparison, source.committed, source.text);
    sources[at] = { ...source, authors: known.authors, committed: undefined };
  }
  file.after = { text: file.after.text, authors: keepMovedAuthors(text, sources) };
}

/** Telling lines of files that are gone, put into a new one in another order. */
async function keepSorted(
  comparison: Comparison,
  file: ChangedFile,
  common: readonly Source[],
): Promise<void> {
  const lines = splitLines(file.after.text);
  for (const source of common.filter(({ of }) => of?.after.text === "")) {
    const { authors } = file.after;
    const text = { lines, authors, newAuthor: commandAuthor };
    const marked = { lines: source.lines, authors: source.lines.map(() => nobody) };
    if (!keepReorderedAuthors(text, marked).some((author, at) => author !== authors[at])) continue;
    const known =
      source.committed === undefined
        ? source
        : await committedAuthors(comparison, source.committed, source.text);
    const from = { lines: source.lines, authors: known.authors };
    file.after = { text: file.after.text, authors: keepReorderedAuthors(text, from) };
  }
}

/** No line of a text holds this. */
const standing = "\0";

/** Of a file's own text what no longer stands where it stood: the rest did not move, and to repeat it is to write it. */
function goneFrom(source: Source, { after }: ChangedFile): Source {
  const lines = [...source.lines];
  for (const { before, length } of matchLines(lines, splitLines(after.text))) {
    lines.fill(standing, before, before + length);
  }
  return { ...source, lines };
}

/** What the command may have copied from files that its line names into one that it changed. */
function copiedFrom(
  { place, state, authors }: Comparison,
  named: NamedFiles,
  { file, files }: { file: ChangedFile; files: readonly ChangedFile[] },
): Source[] {
  return named.for(file.path).map(({ path, text, isOutside }): Source => {
    // Whoever wrote a file outside of the work tree, it was there before.
    if (isOutside) {
      const lines = splitLines(text);
      const others = lines.map(() => nobody);
      return {
        lines,
        authors: others,
        isCertain: true,
        isIndivisible: true,
        committed: undefined,
        text,
      };
    }
    const changed = files.find((other) => other.path === path)?.after;
    const pending = readPending(place, path);
    // No look may have been needed since a person set the file back to what a commit has.
    const now = pending === undefined ? undefined : observeFile(pending, path, text);
    const known = changed ?? (now === undefined ? unclaimed(text) : authors.take(now));
    const isClean = changed === undefined && !Object.hasOwn(state.files, path);
    const isCommitted = isClean && known.authors.every((author) => author === nobody);
    return {
      lines: splitLines(known.text),
      authors: known.authors,
      isCertain: true,
      committed: isCommitted ? path : undefined,
      text: known.text,
    };
  });
}
