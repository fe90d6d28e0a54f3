import { type Authored, unclaimed } from "../../../attribution/authored.ts";
import { followFormatted } from "../../../attribution/follow-formatted.ts";
import { type Authors, type Change, nobody } from "../../../attribution/follow.ts";
import { decodeText, isWeak, splitLines } from "../../../attribution/lines.ts";
import { keepReorderedAuthors } from "../../../attribution/keep-moved.ts";
import { isAmbiguous, openLines } from "../../../attribution/open-lines.ts";
import { readAddedOnDisk } from "../../../git/read-changes.ts";
import { observeFile } from "../../../attribution/pending-file.ts";
import { pendingTime, readPending } from "../../../store/pending.ts";
import { lookTime, readSeen } from "../../../store/shell-state.ts";
import { commandAuthor } from "./author-list.ts";
import { type ChangedFile, type Comparison, committedAuthors } from "./comparison.ts";
import { keepMoved } from "./moved.ts";
import { hasLines, readLinesOf } from "./work-tree-text.ts";

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
    const { pending, before } = found;
    const followed = await follow(comparison, path, { before, text });
    const after = pending === undefined ? followed : comparison.authors.takeBack(pending, followed);
    files.push({ path, content, ...found, after });
  }
  for (const file of files) {
    if (!file.isCommitted || !isRespaced(file)) continue;
    const before = await committedAuthors(comparison, file.path, file.before.text);
    const { text } = file.after;
    Object.assign(file, { before, after: await follow(comparison, file.path, { before, text }) });
  }
  await keepMoved(comparison, files);
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
    // A stretch that has a line of the command's for certain is where it wrote; another may be any of the equal ones.
    const isOwn = change.after
      .slice(start - 1, end)
      .some((line, at) => followed[start - 1 + at] === commandAuthor && !isWeak(line));
    if (!isOwn) continue;
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
  const wasClean = !Object.hasOwn(state.files, path);
  const isNewer = !wasClean || pendingTime(place, path) > lookTime(place);
  if (pending !== undefined && isNewer) {
    return { pending, before: authors.take(pending), isCommitted: false };
  }
  if (!wasClean) {
    if (state.files[path] === "") return { pending, before: unclaimed(""), isCommitted: false };
    const seen = readSeen(place, path);
    return seen === undefined
      ? undefined
      : { pending, before: unclaimed(seen), isCommitted: false };
  }
  const blob = state.head === undefined ? undefined : await objects.read(`${state.head}:${path}`);
  if (pending !== undefined) {
    // The command found HEAD's text: what the pending file has otherwise, a person has set back since.
    const isText = blob?.type === "blob" && hasLines(blob.content);
    const found = isText ? observeFile(pending, path, decodeText(blob.content)) : pending;
    const before = authors.take(found);
    const isCommitted = isText && before.authors.every((author) => author === nobody);
    return { pending: found, before, isCommitted };
  }
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
