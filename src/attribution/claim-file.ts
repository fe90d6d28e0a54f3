import type { PendingClaim, PendingFile } from "../schema/pending.ts";
import type { Trace } from "../schema/trace.ts";
import { type Claims, claimsOf, withinRanges } from "./claim-lines.ts";
import { claimByEvidence, tellingLines, writtenRuns } from "./evidence.ts";
import { followFormatted } from "./follow-formatted.ts";
import { followClaims } from "./follow-ledger.ts";
import { nobody } from "./follow.ts";
import { type HashedLines, hashLines } from "./line-hashes.ts";
import { decodeText, isWeak, splitLines } from "./lines.ts";
import type { GoneFiles } from "./moved-file.ts";
import { type ShrunkFile, movedRuns } from "./moved-text.ts";
import type { LineRange } from "./pending-file.ts";

/** One file of a commit with the lines that the commit added to it. */
export interface CommittedFile {
  readonly path: string;
  /** Its path in the first parent. */
  readonly oldPath: string;
  readonly content: Uint8Array;
  readonly oldBlob: string | undefined;
  readonly newBlob: string;
  readonly added: readonly LineRange[];
}

/** A text of which the file was made, and what is known of its lines. */
export interface SourceText {
  readonly content: Uint8Array;
  readonly claims: Claims;
}

/** All that is known of where one file's lines may have come from. */
export interface Material {
  /** Pending files by path, those of files that are gone from the work tree among them. */
  readonly pending: { get(path: string): PendingFile | undefined };
  /** Pending files that the work tree no longer has. */
  readonly gone: GoneFiles;
  /** Texts of which the file was made, the one that counts most last. */
  readonly sources: readonly SourceText[];
  /** Claims found in another way, which count least of all that is followed. */
  readonly found?: Claims;
  /** Traces that wrote a line that the commit added, in this file or in one that shrank. */
  readonly traces: readonly Trace[];
  readonly shrunk: readonly ShrunkFile[];
}

export interface FileClaims {
  readonly claims: Claims;
  /** The path under which events knew the file, where it is another one. */
  readonly formerPath: string | undefined;
  readonly usedFallback: boolean;
}

/** Pending files and sources alone: what needs no look at hashes. */
export function claimByFollowing(
  file: CommittedFile,
  material: Omit<Material, "traces" | "shrunk">,
): Pick<FileClaims, "claims" | "formerPath"> {
  const { claims, formerPath } = claimByPosition(file, material);
  const followed = new Map(material.found);
  const seen = seenLines(file, material);
  for (const source of material.sources) {
    for (const [line, claim] of followClaims(source.claims, source.content, file.content)) {
      if (seen === undefined || seen.has(line)) followed.set(line, claim);
    }
  }
  for (const [line, claim] of claims) followed.set(line, claim);
  return { claims: withinRanges(followed, file.added), formerPath };
}

/**
 * Who wrote the lines that a commit added to one file: first by following the pending file's text and the texts of
 * which the commit was made, last by hash.
 */
export function claimFile(file: CommittedFile, material: Material): FileClaims {
  const { claims: followed, formerPath } = claimByFollowing(file, material);
  const byHash = claimByHash(file, followed, material);
  return {
    claims: new Map([...byHash, ...followed]),
    formerPath,
    usedFallback: byHash.size > 0,
  };
}

/**
 * Lines that stood there when the last event looked. What came since, a person typed, though a commit that was thrown away
 * read the same. Undefined where no event looked.
 */
function seenLines(
  file: CommittedFile,
  { pending }: Pick<Material, "pending">,
): ReadonlySet<number> | undefined {
  const held = pending.get(file.path);
  if (held === undefined) return undefined;
  const before = splitLines(held.text);
  const after = splitLines(decodeText(file.content));
  const authors = before.map(() => 0);
  const found = followFormatted({ before, authors, after, newAuthor: nobody });
  return new Set(found.flatMap((author, line) => (author === nobody ? [] : [line + 1])));
}

/** A renamed file may have a pending file under either name. */
function claimByPosition(
  file: CommittedFile,
  { pending, gone }: Pick<Material, "pending" | "gone">,
): Pick<FileClaims, "claims" | "formerPath"> {
  const held = pending.get(file.path);
  const own: Claims = held === undefined ? new Map() : claimsOf(held, file.content);
  const former =
    (file.oldPath === file.path ? undefined : pending.get(file.oldPath)) ??
    findMoved(file, own, { pending, gone });
  if (former === undefined) return { claims: own, formerPath: undefined };
  const claims = new Map([...claimsOf(former, file.content), ...own]);
  return { claims, formerPath: former.path };
}

/**
 * A new or renamed file that has most lines of one with edits that is gone: that one, under a new name. What agents
 * wrote since it has that name says nothing of where the rest comes from.
 */
function findMoved(
  file: CommittedFile,
  own: Claims,
  { pending, gone }: Pick<Material, "pending" | "gone">,
): PendingFile | undefined {
  if (gone.size === 0 || (file.oldBlob !== undefined && file.oldPath === file.path))
    return undefined;
  const lines = new Set(
    splitLines(decodeText(file.content)).filter((_, index) => !own.has(index + 1)),
  );
  const path = gone.find(lines);
  return path === undefined ? undefined : pending.get(path);
}

/** The telling lines that a commit added and nobody claims yet, by hash. */
export function openHashes(file: CommittedFile, claimed: Claims, lines: HashedLines): Set<string> {
  const open = new Set<string>();
  for (const { start, end } of file.added) {
    for (let line = start; line <= end; line++) {
      const hash = lines.hashes[line - 1];
      if (hash !== undefined && lines.weak[line - 1] === false && !claimed.has(line))
        open.add(hash);
    }
  }
  return open;
}

/** Whether a line that the commit added has no claim; `telling`: one whose text says something. */
export function hasOpenLine(file: CommittedFile, claimed: Claims, telling: boolean): boolean {
  const isOpen = file.added.some(({ start, end }) => {
    for (let line = start; line <= end; line++) if (!claimed.has(line)) return true;
    return false;
  });
  if (!isOpen || !telling) return isOpen;
  const texts = splitLines(decodeText(file.content));
  return file.added.some(({ start, end }) =>
    texts.slice(start - 1, end).some((text, at) => !claimed.has(start + at) && !isWeak(text)),
  );
}

function claimByHash(file: CommittedFile, claimed: Claims, material: Material): Claims {
  const { traces, pending, shrunk } = material;
  if (traces.length === 0) return new Map<number, PendingClaim>();
  const lines = hashLines(file.content);
  if (openHashes(file, claimed, lines).size < tellingLines) return new Map();
  const held = pending.get(file.path) ?? pending.get(file.oldPath);
  const own = new Set([file.path, file.oldPath]);
  const runs = writtenRuns(held === undefined ? traces : traces.filter(isLost(held)), own);
  const moved = shrunk
    .filter(({ oldPath }) => oldPath !== file.path && oldPath !== file.oldPath)
    .flatMap((other) => movedRuns(other, traces));
  return claimByEvidence({ ...lines, added: file.added, claimed }, [...moved, ...runs]);
}

/** A trace of the time since the file has a pending file, which that does not know: the event was cut off by a kill. */
function isLost({ claims }: PendingFile): (trace: Trace) => boolean {
  const known = new Set(claims.map(({ traceId }) => traceId));
  const since = claims[0]?.timestamp;
  return ({ id, timestamp }) => since !== undefined && timestamp >= since && !known.has(id);
}
