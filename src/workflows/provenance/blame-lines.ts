import { matchLines } from "../../attribution/diff.ts";
import { followFormatted } from "../../attribution/follow-formatted.ts";
import { nobody } from "../../attribution/follow.ts";
import { decodeText, splitLines } from "../../attribution/lines.ts";
import { AppError } from "../../errors.ts";
import { type BlameOptions, type BlamedLine, readBlame } from "../../git/read-blame.ts";
import { readHead } from "../../git/read-head.ts";
import type { Git } from "../../git/run-git.ts";

/** A file as it stands in the work tree. */
export interface DiskFile {
  readonly path: string;
  readonly content: Uint8Array;
}

const isUnknown = (error: unknown): boolean =>
  error instanceof AppError && /no such path|no such ref/.test(error.message);

/**
 * What git says of the lines of a file on the disk. A clean filter gives git another text than stands there: then lines
 * are numbered as on the disk, and those that git does not have belong to no commit.
 */
export async function blameLines(
  git: Git,
  { path, content }: DiskFile,
  query: BlameOptions,
): Promise<BlamedLine[]> {
  const texts = splitLines(decodeText(content)).map(plain);
  const { start, end } = query.lines ?? { start: 1, end: texts.length };
  if (texts.length === 0) return [];
  const asked = (await readHead(git)) === undefined ? [] : await readAsked(git, path, query);
  const isSame = asked.every(({ line, text }) => texts[line - 1] === plain(text));
  if (asked.length === end - start + 1 && isSame) return asked;
  const { lines: _, ...whole } = query;
  const blamed =
    asked.length === 0 && query.lines === undefined ? asked : await readAsked(git, path, whole);
  const places = new Map<number, BlamedLine>();
  for (const match of matchLines(
    blamed.map(({ text }) => plain(text)),
    texts,
  )) {
    for (let step = 0; step < match.length; step++) {
      const found = blamed[match.before + step];
      if (found !== undefined) places.set(match.after + step + 1, found);
    }
  }
  return Array.from({ length: end - start + 1 }, (_unused, offset) => {
    const line = start + offset;
    return { ...(places.get(line) ?? uncommitted(path, line)), line };
  });
}

/** Nothing where git does not know the file, or has fewer lines of it than are asked for. */
async function readAsked(git: Git, path: string, query: BlameOptions): Promise<BlamedLine[]> {
  try {
    return await readBlame(git, path, query);
  } catch (error) {
    const isShort = error instanceof AppError && /has only \d+ lines?/.test(error.message);
    if (isUnknown(error) || isShort) return [];
    throw error;
  }
}

function plain(text: string): string {
  return text.replace(/^\uFEFF/, "").replace(/\r$/, "");
}

function uncommitted(path: string, line: number): BlamedLine {
  return {
    line,
    commit: undefined,
    originalLine: line,
    originalPath: path,
    boundary: false,
    time: 0,
    text: "",
  };
}

/**
 * Lines that no commit has as they stand, and that HEAD has in other white space or wrapped otherwise: what git says of
 * those. Nobody has written them anew.
 */
export async function blameRespaced(
  git: Git,
  { path, content }: DiskFile,
  open: readonly BlamedLine[],
): Promise<Map<number, BlamedLine>> {
  const respaced = new Map<number, BlamedLine>();
  if (open.length === 0 || (await readHead(git)) === undefined) return respaced;
  const head = await readAsked(git, path, { revision: "HEAD" });
  const after = splitLines(decodeText(content));
  const authors = head.map((_, at) => at);
  const before = head.map(({ text }) => plain(text));
  const found = followFormatted({ before, authors, after, newAuthor: nobody });
  for (const { line } of open) {
    const from = head[found[line - 1] ?? nobody];
    if (from !== undefined) respaced.set(line, { ...from, line });
  }
  return respaced;
}
