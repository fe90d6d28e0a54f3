import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Claims, claimsOf, withinRanges } from "../../attribution/claim-lines.ts";
import {
  type WrittenRun,
  claimByEvidence,
  tellingLines,
  writtenRuns,
} from "../../attribution/evidence.ts";
import { claimsOfSegments, followClaims, segmentsOf } from "../../attribution/follow-ledger.ts";
import { decodeText, isWeak, lineStarts, splitLines } from "../../attribution/lines.ts";
import { hashLineBytes } from "../../attribution/trace.ts";
import type { Objects } from "../../git/open-objects.ts";
import type { Change } from "../../git/read-changes.ts";
import type { Ledger } from "../../schema/ledger.ts";
import type { PendingFile } from "../../schema/pending.ts";
import type { Trace } from "../../schema/trace.ts";
import type { History } from "../../store/index/history.ts";
import type { CommittedFile } from "./committed-files.ts";

/** All that is known of where a commit's lines may have come from. */
export interface Sources {
  readonly workTree: string;
  readonly pending: ReadonlyMap<string, PendingFile>;
  /** Ledgers of commits of which this one was made, the one that counts most last. */
  readonly ledgers: readonly Ledger[];
  readonly objects: Objects;
  readonly history: History;
  /** All files that the commit changed: text may have moved between them. */
  readonly changes: readonly Change[];
}

export interface FileClaims {
  readonly claims: Claims;
  /** The path under which events knew the file, where it is another one. */
  readonly formerPath: string | undefined;
  readonly usedFallback: boolean;
}

/**
 * Who wrote the lines that a commit added to one file: first by following the pending file's text, then by following
 * what ledgers say of the commits of which this one was made, last by hash.
 */
export async function claimFile(file: CommittedFile, sources: Sources): Promise<FileClaims> {
  const { claims: byPosition, formerPath } = claimByPosition(file, sources);
  const byLedger = await claimByLedgers(file, sources);
  const followed = withinRanges(new Map([...byLedger, ...byPosition]), file.added);
  const byHash = await claimByHash(file, followed, sources);
  return {
    claims: new Map([...byHash, ...followed]),
    formerPath,
    usedFallback: byHash.size > 0,
  };
}

/** A renamed file may have a pending file under either name. */
function claimByPosition(
  file: CommittedFile,
  { pending, workTree }: Sources,
): Pick<FileClaims, "claims" | "formerPath"> {
  const held = pending.get(file.path);
  const own: Claims = held === undefined ? new Map() : claimsOf(held, file.content);
  const former =
    (file.oldPath === file.path ? undefined : pending.get(file.oldPath)) ??
    findMoved(file, own, { pending, workTree });
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
  { pending, workTree }: Pick<Sources, "pending" | "workTree">,
): PendingFile | undefined {
  if (file.oldBlob !== undefined && file.oldPath === file.path) return undefined;
  const lines = new Set(
    splitLines(decodeText(file.content)).filter((_, index) => !own.has(index + 1)),
  );
  let best: { readonly found: PendingFile; readonly share: number } | undefined;
  for (const [path, found] of pending) {
    if (found.claims.length === 0 || existsSync(join(workTree, path))) continue;
    const old = new Set(splitLines(found.text));
    const share = old.intersection(lines).size / Math.max(old.size, lines.size, 1);
    if (share > 0.5 && share > (best?.share ?? 0)) best = { found, share };
  }
  return best?.found;
}

async function claimByLedgers(file: CommittedFile, { ledgers, objects }: Sources): Promise<Claims> {
  let claims: Claims = new Map();
  for (const ledger of ledgers) {
    const path = Object.hasOwn(ledger.files, file.path) ? file.path : file.oldPath;
    const segments = segmentsOf(ledger, path);
    if (segments.length === 0) continue;
    const blob = await objects.read(`${ledger.commit_sha}:${path}`);
    if (blob === undefined) continue;
    const lines = lineStarts(blob.content).length;
    const found = followClaims(claimsOfSegments(segments, lines), blob.content, file.content);
    claims = new Map([...claims, ...found]);
  }
  return claims;
}

/** The hashes of a text's lines, and which of them prove nothing by themselves. */
function hashesOf(content: Uint8Array): { hashes: string[]; weak: boolean[] } {
  const starts = lineStarts(content);
  return {
    hashes: starts.map((_, line) => hashLineBytes(content, line, starts)),
    weak: splitLines(decodeText(content)).map(isWeak),
  };
}

async function claimByHash(
  file: CommittedFile,
  claimed: Claims,
  sources: Sources,
): Promise<Claims> {
  const { history, pending, changes } = sources;
  const { hashes, weak } = hashesOf(file.content);
  const sought = new Set<string>();
  for (const { start, end } of file.added) {
    for (let line = start; line <= end; line++) {
      const hash = hashes[line - 1];
      if (hash !== undefined && weak[line - 1] === false && !claimed.has(line)) sought.add(hash);
    }
  }
  if (sought.size < tellingLines) return new Map();
  const others = changes.flatMap(({ path, oldPath }) => [path, oldPath]);
  const found = history.tracesByLine([...sought], [file.path, file.oldPath, ...others]);
  const traces = [
    ...new Map([...found.values()].flat().map((trace) => [trace.id, trace])).values(),
  ];
  if (traces.length === 0) return new Map();
  const held = pending.get(file.path) ?? pending.get(file.oldPath);
  const own = new Set([file.path, file.oldPath]);
  const runs = writtenRuns(held === undefined ? traces : traces.filter(isLost(held)), own);
  const moved = await movedRuns(file, traces, sources);
  return claimByEvidence({ hashes, weak, added: file.added, claimed }, [...moved, ...runs]);
}

/** A trace of the time since the file has a pending file, which that does not know: the event was cut off by a kill. */
function isLost({ claims }: PendingFile): (trace: Trace) => boolean {
  const known = new Set(claims.map(({ traceId }) => traceId));
  const since = claims[0]?.timestamp;
  return ({ id, timestamp }) => since !== undefined && timestamp >= since && !known.has(id);
}

/** What agents wrote in other files and the commit took away there: it may stand here now. */
async function movedRuns(
  file: CommittedFile,
  traces: readonly Trace[],
  { changes, objects }: Sources,
): Promise<WrittenRun[]> {
  const runs: WrittenRun[] = [];
  for (const { path, oldPath, oldBlob, newBlob } of changes) {
    const touched = traces.some((trace) => trace.files.some((found) => found.path === oldPath));
    if (path === file.path || oldBlob === undefined || !touched) continue;
    const before = await objects.read(oldBlob);
    const after = newBlob === undefined ? undefined : await objects.read(newBlob);
    if (before === undefined) continue;
    const old = hashesOf(before.content);
    const left = new Set(after === undefined ? [] : hashesOf(after.content).hashes);
    // Common lines stay in most files; they count within a run that is gone.
    const gone = new Set(old.hashes.filter((hash, line) => old.weak[line] || !left.has(hash)));
    const isGone = (hash: string): boolean => gone.has(hash);
    for (const { claim, hashes } of writtenRuns(traces, new Set([oldPath]))) {
      runs.push(...split(hashes, isGone).map((part) => ({ claim, hashes: part })));
    }
  }
  return runs;
}

function split(hashes: readonly string[], keeps: (hash: string) => boolean): string[][] {
  const parts: string[][] = [[]];
  for (const hash of hashes) {
    if (keeps(hash)) parts.at(-1)?.push(hash);
    else parts.push([]);
  }
  return parts.filter((part) => part.length > 0);
}
