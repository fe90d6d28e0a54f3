import {
  claimByFollowing,
  claimFile,
  hasOpenLine,
  openHashes,
} from "../../attribution/claim-file.ts";
import { toSegments } from "../../attribution/claim-lines.ts";
import { tellingLines } from "../../attribution/evidence.ts";
import { claimsOfSegments, segmentsOf } from "../../attribution/follow-ledger.ts";
import { hashLines } from "../../attribution/line-hashes.ts";
import { decodeText, lineStarts, splitLines } from "../../attribution/lines.ts";
import { type ShrunkFile, goneLines } from "../../attribution/moved-text.ts";
import type { Change } from "../../git/read-changes.ts";
import type { LedgerFile } from "../../schema/ledger.ts";
import {
  type CommitView,
  addedLinesOf,
  isCommitted,
  readCommittedFile,
} from "./committed-files.ts";
import type { PendingFiles } from "./pending-files.ts";
import { findSources } from "./find-sources.ts";
import type { OpenFile, SourceWorld } from "./source-world.ts";

export interface CommitWorld extends Omit<SourceWorld, "changes"> {
  readonly view: CommitView;
  readonly pending: PendingFiles;
}

/** What a commit was found to hold, by path in order. */
export interface ClaimedCommit {
  readonly files: ReadonlyMap<string, LedgerFile>;
  /** Every path that the commit may have taken edits of. */
  readonly names: ReadonlySet<string>;
  readonly usedFallback: boolean;
}

/**
 * So many lines of a commit have their hashes kept beside their claim: a ledger is a row of at most 4 MiB. Positions are
 * kept of all of them.
 */
export const provableLines = 25_000;

/**
 * Gathers what is known of a commit's files and has it decided, one file at a time. Read are only files that have a
 * pending file, a trace or a ledger, or that may hold what such a file has lost: a commit of others costs one
 * lookup, whatever its size.
 */
export async function gatherClaims(world: CommitWorld): Promise<ClaimedCommit> {
  const { view, pending, history, contents } = world;
  const { gone } = pending;
  const { changes } = view;
  const names = new Set(changes.flatMap(({ path, oldPath }) => [path, oldPath]));
  const known = history.knownPaths([...names]);
  const isKnown = (path: string): boolean => known.has(path) || pending.has(path);
  const shrunk = await readShrunk(world, known);
  const lost = new Set(shrunk.flatMap(goneLines));
  const chosen: (Change & { newBlob: string })[] = [];
  for (const change of changes) {
    if (!isCommitted(view, change)) continue;
    const mayBeMoved =
      gone.size > 0 && (change.oldBlob === undefined || change.path !== change.oldPath);
    const isOwn = isKnown(change.path) || isKnown(change.oldPath) || mayBeMoved;
    if (isOwn || (lost.size > 0 && (await holdsLost(change.newBlob, lost, world))))
      chosen.push(change);
  }
  const found = new Map<string, LedgerFile>();
  if (chosen.length === 0) return { files: found, names, usedFallback: false };
  const addedOf = await addedLinesOf(world.git, view, chosen);
  const own = history.ledgers([world.commit.sha]).get(world.commit.sha);
  const read = async (change: Change & { newBlob: string }) => {
    const file = await readCommittedFile(change, contents, addedOf);
    if (file === undefined || file.added.length === 0) return undefined;
    // What was found out before is not unlearned: its pending files are gone by now.
    const segments = own === undefined ? [] : segmentsOf(own, file.path);
    const learned = claimsOfSegments(segments, lineStarts(file.content).length);
    return { file, learned };
  };
  const open: OpenFile[] = [];
  const settled = new Set<string>();
  for (const change of chosen) {
    const { file, learned } = (await read(change)) ?? {};
    if (file === undefined || learned === undefined) continue;
    const { claims } = claimByFollowing(file, { pending, gone, sources: [], found: learned });
    if (!hasOpenLine(file, claims, false)) settled.add(file.path);
    else {
      const isTelling = hasOpenLine(file, claims, true);
      const hashes = isTelling ? openHashes(file, claims, hashLines(file.content)) : [];
      open.push({ file, hashes: new Set(hashes) });
    }
  }
  const sources = await findSources({ ...world, changes }, open);
  let usedFallback = false;
  let provable = provableLines;
  const hashesOf = new Map(open.map(({ file, hashes }) => [file.path, hashes]));
  const others = shrunk.map(({ oldPath }) => oldPath);
  for (const change of chosen) {
    const { file, learned } = (await read(change)) ?? {};
    if (file === undefined || learned === undefined) continue;
    const hashes = [...(hashesOf.get(file.path) ?? [])];
    const of = sources.get(file.path);
    const byLine =
      settled.has(file.path) || hashes.length < tellingLines
        ? []
        : [...history.tracesByLine(hashes, [file.path, file.oldPath, ...others]).values()].flat();
    const claimed = claimFile(file, {
      pending,
      gone,
      sources: of?.texts ?? [],
      found: new Map([...(of?.found ?? []), ...learned]),
      traces: [...new Map(byLine.map((trace) => [trace.id, trace])).values()],
      shrunk,
    });
    if (claimed.claims.size > 0) {
      const isProvable = claimed.claims.size <= provable;
      if (isProvable) provable -= claimed.claims.size;
      const segments = toSegments(claimed.claims, file.content, { withEvidence: isProvable });
      found.set(file.path, { line_attributions: segments });
    }
    usedFallback ||= claimed.usedFallback;
    if (claimed.formerPath !== undefined) names.add(claimed.formerPath);
  }
  return {
    files: new Map([...found].sort(([one], [other]) => (one < other ? -1 : 1))),
    names,
    usedFallback,
  };
}

/** Files with edits of agents that the commit took lines from: they may stand in another file now. */
async function readShrunk(
  { view, contents }: CommitWorld,
  known: ReadonlySet<string>,
): Promise<ShrunkFile[]> {
  const { changes } = view;
  // Where the commit changed one file alone, there is no other one.
  if (changes.length < 2) return [];
  const shrunk: ShrunkFile[] = [];
  for (const { oldPath, oldBlob, newBlob } of changes) {
    if (oldBlob === undefined || oldBlob === newBlob || !known.has(oldPath)) continue;
    const before = await contents.read(oldBlob);
    const after = newBlob === undefined ? undefined : await contents.read(newBlob);
    if (before !== undefined) shrunk.push({ oldPath, before, after });
  }
  return shrunk;
}

async function holdsLost(
  blob: string,
  lost: ReadonlySet<string>,
  { contents }: CommitWorld,
): Promise<boolean> {
  const content = await contents.read(blob);
  return content !== undefined && splitLines(decodeText(content)).some((line) => lost.has(line));
}
