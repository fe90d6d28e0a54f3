import { buildTrace } from "../../../attribution/trace.ts";
import { nobody } from "../../../attribution/follow.ts";
import { decodeText } from "../../../attribution/lines.ts";
import { observeFile, rangesOf } from "../../../attribution/pending-file.ts";
import { readHeadLog } from "../../../git/head-log.ts";
import { openObjectsLate } from "../../../git/open-objects.ts";
import { readHead } from "../../../git/read-head.ts";
import { readStatus } from "../../../git/read-status.ts";
import { runGit } from "../../../git/run-git.ts";
import type { PendingClaim } from "../../../schema/pending.ts";
import { formatRecordTime } from "../../../schema/time.ts";
import { lockPending, readPending, writePending } from "../../../store/pending.ts";
import { appendTrace } from "../../../store/records.ts";
import {
  type ShellState,
  type ShellWindow,
  deleteSeen,
  readShellState,
  readShellWindows,
  writeSeen,
  writeShellState,
  writeShellWindows,
} from "../../../store/shell-state.ts";
import type { Project } from "../../projects/find-project.ts";
import { placeOf } from "../work-tree-place.ts";
import { AuthorList } from "./author-list.ts";
import { compareFiles } from "./compare.ts";
import { type ChangedFile, type Comparison, mostLookups } from "./comparison.ts";
import { followRenames } from "./follow-renames.ts";
import { disownForeign, rememberTaken } from "./foreign-lines.ts";
import { readGitMarks } from "./git-marks.ts";
import { isPlainCommit } from "./git-texts.ts";
import { fileMark, readLinesOf } from "./work-tree-text.ts";

/** Whose command the changes since the last look are. */
export interface Owner {
  readonly origin: Omit<PendingClaim, "traceId" | "timestamp">;
  readonly session: string | undefined;
  readonly toolName: string | undefined;
  readonly toolUse: string | undefined;
  readonly parentConversation?: string | undefined;
  /** In memory only. */
  readonly command?: string | undefined;
  readonly cwd?: string | undefined;
  /** When the command began, as `Date.now()`. */
  readonly since?: number | undefined;
}

export interface Settling {
  now(): Date;
  /** Undefined: a person's, or nobody can tell. */
  owner(windows: readonly ShellWindow[]): Owner | undefined;
  /** The commands that may go on changing files. */
  windows(before: readonly ShellWindow[]): readonly ShellWindow[];
}

/**
 * Looks at the work tree and takes what changed since the last look for the owner's, or, without one, for nobody's.
 * What git put there, and what was only moved or re-spaced, is nobody's doing. Order of writes as of any event: the
 * trace, the pending files, and then how the work tree was found. Gives the number of files with lines of the owner.
 */
export async function settle(project: Project, settling: Settling): Promise<number> {
  const { git, paths } = project;
  const place = placeOf(paths, git.repository);
  const early = readShellState(place);
  const status = await readStatus(git, new Set(Object.keys(early?.files ?? {})));
  const head = await readHead(git);
  using _lock = lockPending(place);
  const state = readShellState(place);
  const marks = readGitMarks(git.repository);
  const { workTree } = git.repository;
  const files: Record<string, string> = {};
  for (const path of status.paths) files[path] = fileMark(workTree, path);
  const before = state?.files ?? {};
  const changed = status.paths.filter((path) => files[path] !== before[path]);
  const gone = Object.keys(before).filter((path) => !Object.hasOwn(files, path));
  const windows = readShellWindows(place);
  const owner = settling.owner(windows);
  let recorded: ChangedFile[] = [];
  // Where the list is cut, a file that is new in it may have been there all along.
  if (state !== undefined && owner !== undefined && !status.isCut) {
    recorded = await recordChanges(project, settling.now(), { owner, state, changed, gone, head });
  }
  const done = new Set(recorded.map(({ path }) => path));
  const others = [...changed, ...gone].filter((path) => !done.has(path));
  followRenames(place, workTree, others);
  for (const path of others) {
    look(place, { workTree, path, isDirty: Object.hasOwn(files, path) });
  }
  for (const path of done) deleteSeen(place, path);
  const { headLog, marks: gitMarks, stash } = marks;
  const next = settling.windows(windows);
  const isSame =
    state !== undefined &&
    changed.length + gone.length === 0 &&
    state.head === head &&
    state.marks === gitMarks;
  if (!isSame) {
    writeShellState(place, {
      version: 1,
      head,
      headLog,
      marks: gitMarks,
      stash,
      files,
    });
  }
  if (next.length + windows.length > 0) writeShellWindows(place, next);
  return recorded.length;
}

/** What stands in a file now is nobody's, unless it was the last time: a person typed it, or it is not known who. */
function look(
  place: ReturnType<typeof placeOf>,
  { workTree, path, isDirty }: { workTree: string; path: string; isDirty: boolean },
): void {
  const content = readLinesOf(workTree, path);
  const pending = readPending(place, path);
  if (content === undefined || (!isDirty && pending === undefined)) {
    deleteSeen(place, path);
    return;
  }
  const text = decodeText(content);
  if (pending === undefined) writeSeen(place, path, text);
  else if (pending.text !== text) writePending(place, observeFile(pending, path, text));
}

interface Changes {
  readonly owner: Owner;
  readonly state: ShellState;
  readonly changed: readonly string[];
  readonly gone: readonly string[];
  readonly head: string | undefined;
}

async function recordChanges(
  project: Project,
  now: Date,
  { owner, state, changed, gone, head }: Changes,
): Promise<ChangedFile[]> {
  const { git, paths } = project;
  const place = placeOf(paths, git.repository);
  const steps = readHeadLog(git.repository, state.headLog);
  const committed: string[] = [];
  for (const { before, after } of steps.filter((step) => isPlainCommit(step))) {
    const pair = /^0+$/.test(before) ? ["--root", after] : [before, after];
    const names = await runGit(git, [
      "diff-tree",
      "-r",
      "--name-only",
      "--no-commit-id",
      "-z",
      ...pair,
    ]);
    committed.push(...new TextDecoder().decode(names.stdout).split("\0").filter(Boolean));
  }
  const all = [...new Set([...changed, ...committed, ...gone])];
  if (all.length === 0) return [];
  await using objects = openObjectsLate(git);
  const authors = new AuthorList();
  const { command, cwd } = owner;
  const comparison: Comparison = {
    project,
    place,
    state,
    objects,
    authors,
    command,
    cwd,
    since: owner.since ?? now.getTime(),
    lookups: { left: mostLookups },
  };
  const found = await compareFiles(comparison, all);
  await disownForeign(comparison, found, steps);
  await rememberTaken(comparison, found);
  const claim: PendingClaim = {
    traceId: crypto.randomUUID(),
    timestamp: formatRecordTime(now),
    ...owner.origin,
  };
  const kept = found.filter(
    ({ pending, after }) =>
      pending !== undefined || after.authors.some((author) => author !== nobody),
  );
  const packed = kept.map((file) => ({
    file,
    pending: authors.pack(file.path, file.after, {
      before: file.pending,
      claim,
      toolUse: owner.toolUse,
    }),
  }));
  const traced = packed
    .map(({ file: { path, content }, pending }) => ({
      path,
      content,
      ranges: rangesOf(pending, claim.traceId),
    }))
    .filter(({ ranges }) => ranges.length > 0);
  if (traced.length > 0) {
    const created = traced.every(
      ({ path }) => found.find((file) => file.path === path)?.before.text === "",
    );
    const metadata = metadataOf(owner, created);
    const revision = state.head ?? head;
    appendTrace(paths, buildTrace(claim, traced, { revision, metadata }));
  }
  for (const { pending } of packed) writePending(place, pending);
  return kept;
}

function metadataOf(owner: Owner, isCreation: boolean): Record<string, unknown> {
  const { session, toolName, toolUse, parentConversation } = owner;
  return {
    ...(session === undefined ? {} : { session_id: session }),
    ...(toolName === undefined ? {} : { tool_name: toolName }),
    ...(toolUse === undefined ? {} : { tool_use_id: toolUse }),
    ...(parentConversation === undefined ? {} : { parent_conversation_id: parentConversation }),
    is_creation: isCreation,
  };
}
