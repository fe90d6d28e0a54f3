import { ForeignLines, disown } from "../../../attribution/disown.ts";
import { nobody } from "../../../attribution/follow.ts";
import { decodeText, splitLines } from "../../../attribution/lines.ts";
import { squeeze } from "../../../attribution/words.ts";
import type { HeadStep } from "../../../git/head-log.ts";
import { hashLine } from "../../../schema/digest.ts";
import { readPending } from "../../../store/pending.ts";
import { addTaken, readTaken } from "../../../store/shell-state.ts";
import { commandAuthor } from "./author-list.ts";
import type { ChangedFile, Comparison } from "./comparison.ts";
import { readGitMarks } from "./git-marks.ts";
import { findSources, linesInSources, namedTexts } from "./git-texts.ts";
import { NamedFiles } from "./named-files.ts";
import { RenamedTexts } from "./renamed-texts.ts";
import { wasWrittenBefore } from "./work-tree-text.ts";

/** Takes from the command what it only put in place: text of git's, of patches, of other places and times. */
export async function disownForeign(
  comparison: Comparison,
  files: readonly ChangedFile[],
  steps: readonly HeadStep[],
): Promise<void> {
  const { project, state, command, objects } = comparison;
  const own = files.filter(({ after }) => after.authors.includes(commandAuthor));
  if (own.length === 0) return;
  const isGitAtWork =
    command === undefined ||
    /\bgit\b/.test(command) ||
    steps.length > 0 ||
    readGitMarks(project.git.repository).marks !== state.marks;
  const former = [state.head, state.stash];
  const asked = { steps, former, command };
  const sources = isGitAtWork ? await findSources(project.git, objects, asked) : [];
  const renamed = new RenamedTexts(project.git, objects, asked);
  const elsewhere = await linesFromElsewhere(comparison, own);
  for (const file of own) {
    const { path, before } = file;
    const take = (theirs: { has(line: string): boolean }, isOwnText: boolean): void => {
      const { text, authors } = file.after;
      const given = { lines: splitLines(text), authors, author: commandAuthor };
      file.after = { text, authors: disown(given, theirs, { isOwnText }) };
    };
    if (isGitAtWork) {
      take(await linesInSources(objects, sources, { path, before: before.text }), true);
      if (before.text !== "" && file.after.authors.includes(commandAuthor)) {
        take(await renamed.lines(path), true);
      }
    }
    take(elsewhere, false);
    if (wasWrittenBefore(project.git.repository.workTree, path, comparison.since)) {
      take({ has: () => true }, true);
    }
  }
}

async function linesFromElsewhere(
  comparison: Comparison,
  files: readonly ChangedFile[],
): Promise<{ has(line: string): boolean }> {
  const { objects, command, project } = comparison;
  const lines = new ForeignLines();
  const fresh = files.filter(({ before }) => before.text === "").map(({ path }) => path);
  for (const text of await namedTexts(objects, command, fresh)) lines.add(splitLines(text));
  const { workTree } = project.git.repository;
  for (const file of new NamedFiles({ ...comparison, workTree }).all()) {
    lines.add(patchLines(comparison, file));
  }
  const taken = readTaken(comparison.place);
  return {
    has: (line) => lines.has(line) || (taken.size > 0 && taken.has(hashLine(squeeze(line)))),
  };
}

/** What a patch puts in, or with `-R` back, but for what an agent wrote of it. */
function patchLines(
  { place }: Comparison,
  { path, isOutside, text }: { path: string; isOutside: boolean; text: string },
): string[] {
  if (!/^@@ -\d+(,\d+)? \+\d/m.test(text) || !/^\+\+\+ /m.test(text)) return [];
  const pending = isOutside ? undefined : readPending(place, path);
  const authors = pending?.authors.flatMap(([count, claim]) => Array<number>(count).fill(claim));
  return splitLines(text)
    .filter((line, at) => /^[-+ ]/.test(line) && (authors?.[at] ?? nobody) === nobody)
    .map((line) => line.slice(1));
}

/** Remembers lines of nobody's that the command took out of the work tree and no commit has: a later one may bring them back. */
export async function rememberTaken(
  { state, objects, place }: Comparison,
  files: readonly ChangedFile[],
): Promise<void> {
  const present = new Set(files.flatMap(({ after }) => splitLines(after.text).map(squeeze)));
  const taken: string[] = [];
  for (const { path, before, isCommitted } of files) {
    if (isCommitted) continue;
    const gone = splitLines(before.text).filter(
      (line, at) => before.authors[at] === nobody && !present.has(squeeze(line)),
    );
    if (gone.length === 0) continue;
    const blob = state.head === undefined ? undefined : await objects.read(`${state.head}:${path}`);
    const known = new Set(blob?.type === "blob" ? splitLines(decodeText(blob.content)) : []);
    taken.push(...gone.filter((line) => !known.has(line)).map((line) => hashLine(squeeze(line))));
  }
  if (taken.length > 0) addTaken(place, taken);
}
