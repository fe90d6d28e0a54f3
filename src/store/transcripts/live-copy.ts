import { isObject } from "../../schema/is-object.ts";
import {
  type Stats,
  accessSync,
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { systemCode } from "../../errors.ts";
import { conversationIdOf } from "../../schema/digest.ts";
import type { MaskCounts } from "../../schema/exchange.ts";
import type { BlobId, ConversationId } from "../../schema/ids.ts";
import { diskFailure } from "../files/disk-failure.ts";
import { type LockedFile, lockFile, tryLockFile } from "../files/lock.ts";
import type { ProjectPaths } from "../files/paths.ts";
import { replaceFile } from "../files/replace.ts";
import type { RewriteState } from "./rewrite.ts";
import { keepAsSnapshot } from "./write-snapshot.ts";

const largestTranscript = 2 * 1024 ** 3;
const chunkBytes = 1024 * 1024;
/** How much of the copy's end is compared with the source: a rewritten file differs there. */
const spotBytes = 4096;

/** `live/<conversation_id>.json`: where a live copy comes from. Ours alone. */
export interface LiveCopy {
  readonly source: string;
  readonly inode: number;
  readonly agent?: string;
  readonly session?: string;
  /** The conversation that started this one. */
  readonly parent?: ConversationId;
  /** Time of the source's last byte when it was copied, ISO 8601. */
  readonly time: string;
  /** The newest snapshot taken of this copy, and how many of its bytes that holds. */
  readonly snapshot?: {
    readonly blob: BlobId;
    readonly bytes: number;
    /** How many it has itself, and the state of its hash behind its last whole line, in base64. */
    readonly size?: number;
    readonly hash?: string;
    /** How it was rewritten, where it was. */
    readonly rewrite?: string;
    /** Where that goes on when the copy has grown. */
    readonly state?: RewriteState;
    /** How often each rule took something out of it. */
    readonly masked?: MaskCounts;
  };
  /** Why the source is not copied; said once. */
  readonly leftAlone?: string;
}

export interface TranscriptSource {
  /** Absolute, exactly as the agent gave it: the conversation's id is made from it. */
  readonly path: string;
  readonly agent?: string | undefined;
  readonly session?: string | undefined;
  readonly parent?: ConversationId | undefined;
  /** Why it is not to be copied, where its reader knows of something. */
  readonly unfit?: string | undefined;
  /** The session is over, or a snapshot is due: nothing may be put off. */
  readonly last?: boolean;
}

/** `said` is the first sight of a transcript that is left alone: the one time to tell of it. */
export type Growth =
  | { readonly state: "grown" | "unchanged" | "missing" | "busy" | "postponed" }
  | { readonly state: "left alone"; readonly reason: string; readonly said: boolean };

export function livePath(project: ProjectPaths, id: ConversationId): string {
  return join(project.live, id);
}

/** What is known of a live copy; undefined where there is none or where it cannot be read. */
export function readLiveCopy(project: ProjectPaths, id: ConversationId): LiveCopy | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(`${livePath(project, id)}.json`, "utf8"));
    if (!isObject(value) || typeof value["source"] !== "string") return undefined;
    if (typeof value["inode"] !== "number" || typeof value["time"] !== "string") return undefined;
    return value as unknown as LiveCopy;
  } catch {
    return undefined;
  }
}

/** Not synced to the disk: a snapshot, not this file, is what a power cut must leave alone. */
export function writeLiveCopy(project: ProjectPaths, id: ConversationId, live: LiveCopy): void {
  replaceFile(`${livePath(project, id)}.json`, JSON.stringify(live), { durable: false });
}

function readAt(descriptor: number, position: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const read = readSync(descriptor, buffer, filled, length - filled, position + filled);
    if (read === 0) break;
    filled += read;
  }
  return buffer.subarray(0, filled);
}

/** Whether the first `bytes` of both still look the same, by their ends. */
function hasSameTail(copy: number, source: number, bytes: number): boolean {
  const length = Math.min(bytes, spotBytes);
  return readAt(copy, bytes - length, length).equals(readAt(source, bytes - length, length));
}

/** Appends the source's bytes between two offsets; the copy is a prefix of the source at every moment. */
function copyTail(files: CopyFiles, from: number, to: number): void {
  const copy = files.copy.descriptor;
  for (let position = from; position < to;) {
    const chunk = readAt(files.input, position, Math.min(chunkBytes, to - position));
    if (chunk.length === 0) return;
    let written = 0;
    try {
      while (written < chunk.length) written += writeSync(copy, chunk, written);
    } catch (error) {
      ftruncateSync(copy, position);
      throw error;
    }
    position += chunk.length;
  }
}

interface CopyFiles {
  readonly copy: LockedFile;
  readonly input: number;
}

function reasonToLeaveAlone(stats: Stats): string | undefined {
  if (!stats.isFile()) return "it is no regular file";
  if (stats.size > largestTranscript) return "it is larger than 2 GiB";
  return undefined;
}

/** Looks before anything is opened or locked. `missing` is no reason to say anything. */
export function reasonNotToRead(path: string): string | undefined {
  try {
    accessSync(path, constants.R_OK);
    return reasonToLeaveAlone(statSync(path));
  } catch (error) {
    const code = systemCode(error);
    return code === "ENOENT" || code === "ENOTDIR" ? "missing" : `it cannot be read (${code})`;
  }
}

/** Notes why a source is not copied, so that it is said once. What was copied before stays. */
function leaveAlone(project: ProjectPaths, source: TranscriptSource, reason: string): Growth {
  const id = conversationIdOf(source.path);
  const before = readLiveCopy(project, id);
  if (before?.leftAlone === reason) return { state: "left alone", reason, said: false };
  using _lock = lockFile(livePath(project, id));
  const unknown = { source: source.path, inode: 0, time: "" };
  writeLiveCopy(project, id, { ...unknown, ...before, leftAlone: reason });
  return { state: "left alone", reason, said: true };
}

function describe(source: TranscriptSource, stats: Stats): LiveCopy {
  return {
    source: source.path,
    inode: stats.ino,
    ...(source.agent === undefined ? {} : { agent: source.agent }),
    ...(source.session === undefined ? {} : { session: source.session }),
    ...(source.parent === undefined ? {} : { parent: source.parent }),
    time: stats.mtime.toISOString(),
  };
}

/**
 * Brings a conversation's live copy up to date with its transcript, at the cost of what was added since the last
 * event. A copy that is no prefix of the source any more is kept as a snapshot, and a new one begins. An agent that
 * writes its whole transcript anew at each event would make that the size of the session each time: such a
 * source is taken again when it has shrunk, has grown by a quarter, or the session ends.
 */
export function growLiveCopy(project: ProjectPaths, source: TranscriptSource): Growth {
  const unreadable = source.unfit ?? reasonNotToRead(source.path);
  if (unreadable === "missing") return { state: "missing" };
  if (unreadable !== undefined) return leaveAlone(project, source, unreadable);
  const id = conversationIdOf(source.path);
  const path = livePath(project, id);
  // Another event of this session is copying at this moment; what it misses, the next one or the push takes.
  using copy = source.last === true ? lockFile(path) : tryLockFile(path);
  if (copy === undefined) return { state: "busy" };
  // Should a pipe stand there by now, opening must not wait for a writer.
  const input = openSync(source.path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    return copyGrowth(project, source, { copy, input });
  } catch (error) {
    throw diskFailure(error, "copy the transcript to", path);
  } finally {
    closeSync(input);
  }
}

function copyGrowth(project: ProjectPaths, source: TranscriptSource, files: CopyFiles): Growth {
  const id = conversationIdOf(source.path);
  const { copy, input } = files;
  const stats = fstatSync(input);
  const reason = reasonToLeaveAlone(stats);
  if (reason !== undefined) return { state: "left alone", reason, said: false };
  const before = readLiveCopy(project, id);
  const copied = copy.stats.size;
  const known = { ...before, ...describe(source, stats) };
  delete known.leftAlone;
  const isPrefix =
    stats.size >= copied &&
    (before === undefined || before.inode === stats.ino || copied === 0) &&
    hasSameTail(copy.descriptor, input, copied);
  if (isPrefix) {
    if (stats.size === copied && before?.inode === stats.ino) return { state: "unchanged" };
    copyTail(files, copied, stats.size);
    writeLiveCopy(project, id, known);
    return { state: "grown" };
  }
  const grownLittle = stats.size >= copied && stats.size < copied * 1.25;
  if (grownLittle && source.last !== true) return { state: "postponed" };
  keepAsSnapshot(project, livePath(project, id), copied);
  const { snapshot: _, ...fresh } = known;
  // A kill after either line leaves an empty copy or a prefix of the new source: both simply go on.
  ftruncateSync(copy.descriptor, 0);
  writeLiveCopy(project, id, fresh);
  copyTail(files, 0, stats.size);
  return { state: "grown" };
}

/** Takes a live copy away whose bytes a snapshot holds. The caller holds its lock. */
export function removeLiveCopy(project: ProjectPaths, id: ConversationId): void {
  const path = livePath(project, id);
  rmSync(`${path}.json`, { force: true });
  rmSync(path, { force: true });
}
