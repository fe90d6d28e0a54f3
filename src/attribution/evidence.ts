import type { PendingClaim } from "../schema/pending.ts";
import type { Trace } from "../schema/trace.ts";
import type { Claims } from "./claim-lines.ts";
import type { LineRange } from "./pending-file.ts";

/** A run of lines that one edit wrote, by their hashes. */
export interface WrittenRun {
  readonly claim: PendingClaim;
  readonly hashes: readonly string[];
  /** Hashes of common lines, as far as they are known: without those at its ends a run is whole all the same. */
  readonly common?: ReadonlySet<string>;
}

/** A file as committed, for lines whose way could not be followed. Hashes and weakness of all lines, from the top. */
export interface EvidenceFile {
  readonly hashes: readonly string[];
  readonly weak: readonly boolean[];
  readonly added: readonly LineRange[];
  /** Claimed by position: their evidence is used up. */
  readonly claimed: Claims;
}

/** What the traces say of files under these paths, oldest first. */
export function writtenRuns(traces: readonly Trace[], paths: ReadonlySet<string>): WrittenRun[] {
  return traces.flatMap(({ id, timestamp, tool, files }) =>
    files
      .filter(({ path }) => paths.has(path))
      .flatMap(({ conversations }) => conversations)
      .filter(({ contributor }) => (contributor?.type ?? "ai") === "ai")
      .flatMap(({ contributor, id: conversationId, ranges }) => {
        const claim = {
          traceId: id,
          timestamp,
          modelId: contributor?.model_id,
          conversationId,
          tool,
        };
        return ranges.map(({ line_hashes: lines = [] }) => ({
          claim,
          hashes: lines.map(({ hash }) => hash),
        }));
      }),
  );
}

/** A stretch of the file that reads like a stretch of a written run. All 0-based. */
interface Alignment {
  readonly run: number;
  readonly line: number;
  readonly offset: number;
  readonly length: number;
  readonly strong: number;
}

/** How many telling lines in a row prove that text came back, however long ago it was written: of all that had gone, … */
export const tellingLines = 3;
/** … or of a part of it, which a person may as well have copied from elsewhere. */
const tellingPart = 6;

/**
 * Claims lines by the hashes of what agents wrote, where text came back whose way nobody saw: picked, reverted,
 * squashed, moved. A written line proves one line at most: lines that stood there before, and lines claimed by
 * position, use it up first. Single lines prove nothing; common ones count within a run. Of equal runs the last
 * writer's counts.
 */
export function claimByEvidence(given: EvidenceFile, runs: readonly WrittenRun[]): Claims {
  const file = { ...given, weak: weakOrFrequent(given) };
  const used = runs.map(({ hashes }) => new Uint8Array(hashes.length));
  const settled = new Uint8Array(file.hashes.length);
  const isAdded = new Uint8Array(file.hashes.length);
  for (const { start, end } of file.added) isAdded.fill(1, start - 1, end);
  const claims = new Map<number, PendingClaim>();
  const take = (found: Alignment, mayClaim: boolean): void => {
    const free: number[] = [];
    for (let step = 0; step < found.length; step++) {
      const line = found.line + step;
      if (settled[line] === 0 && used[found.run]?.[found.offset + step] === 0) free.push(step);
    }
    const strong = free.filter((step) => file.weak[found.line + step] === false).length;
    const { hashes = [], common } = runs[found.run] ?? {};
    const isEnd = (from: number, step: 1 | -1): boolean => {
      let offset = from;
      while (used[found.run]?.[offset] === 0 && common?.has(hashes[offset] ?? "")) offset += step;
      return used[found.run]?.[offset] !== 0;
    };
    const isWhole = isEnd(found.offset - 1, -1) && isEnd(found.offset + found.length, 1);
    if (mayClaim && strong < (isWhole ? tellingLines : tellingPart)) return;
    for (const step of free) {
      const line = found.line + step;
      settled[line] = 1;
      used[found.run]?.fill(1, found.offset + step, found.offset + step + 1);
      const claim = runs[found.run]?.claim;
      if (mayClaim && claim !== undefined && isAdded[line] === 1) claims.set(line + 1, claim);
    }
  };
  const stood = (line: number): boolean => isAdded[line] === 0 || file.claimed.has(line + 1);
  for (const found of align(file, runs, stood)) take(found, false);
  for (const found of align(file, runs, (line) => !stood(line))) take(found, true);
  return claims;
}

/** A line that stands so often in a file tells no more than a bracket, and would align with everything. */
const frequent = 50;

function weakOrFrequent({ hashes, weak }: EvidenceFile): boolean[] {
  const times = new Map<string, number>();
  for (const hash of hashes) times.set(hash, (times.get(hash) ?? 0) + 1);
  return hashes.map((hash, line) => weak[line] === true || (times.get(hash) ?? 0) >= frequent);
}

/** Every stretch of lines that pass the filter, the most telling first, then the longest, then the last writer's. */
function align(
  file: EvidenceFile,
  runs: readonly WrittenRun[],
  passes: (line: number) => boolean,
): Alignment[] {
  const places = new Map<string, number[]>();
  for (const [line, hash] of file.hashes.entries()) {
    if (file.weak[line] === true || !passes(line)) continue;
    const known = places.get(hash);
    if (known === undefined) places.set(hash, [line]);
    else known.push(line);
  }
  const found: Alignment[] = [];
  for (const [run, { hashes }] of runs.entries()) {
    for (const [offset, hash] of hashes.entries()) {
      for (const line of places.get(hash) ?? []) {
        const start = startOf(file, hashes, { line, offset, passes });
        if (start !== undefined) found.push({ run, ...extend(file, hashes, start) });
      }
    }
  }
  return found.sort(
    (one, other) =>
      other.strong - one.strong ||
      other.length - one.length ||
      other.run - one.run ||
      one.line - other.line ||
      one.offset - other.offset,
  );
}

interface Start {
  readonly line: number;
  readonly offset: number;
  readonly passes: (line: number) => boolean;
}

/** Where the stretch with this pair begins; undefined where a telling pair stands above it, which has found it already. */
function startOf(file: EvidenceFile, hashes: readonly string[], at: Start): Start | undefined {
  let { line, offset } = at;
  while (isPair(file, hashes, { ...at, line: line - 1, offset: offset - 1 })) {
    line--;
    offset--;
    if (file.weak[line] === false) return undefined;
  }
  return { ...at, line, offset };
}

function isPair(
  file: EvidenceFile,
  hashes: readonly string[],
  { line, offset, passes }: Start,
): boolean {
  if (line < 0 || offset < 0 || line >= file.hashes.length) return false;
  return file.hashes[line] === hashes[offset] && passes(line);
}

function extend(file: EvidenceFile, hashes: readonly string[], at: Start): Omit<Alignment, "run"> {
  const { line, offset } = at;
  let length = 0;
  let strong = 0;
  while (isPair(file, hashes, { ...at, line: line + length, offset: offset + length })) {
    if (file.weak[line + length] === false) strong++;
    length++;
  }
  return { line, offset, length, strong };
}
