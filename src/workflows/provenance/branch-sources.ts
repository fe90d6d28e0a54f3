import { type FileStep, leavesOf, stepsOf } from "../../attribution/branch.ts";
import type { SourceText } from "../../attribution/claim-file.ts";
import type { Claims } from "../../attribution/claim-lines.ts";
import { claimsOfSegments, followClaims, segmentsOf } from "../../attribution/follow-ledger.ts";
import { decodeText, isWeak, lineStarts, splitLines } from "../../attribution/lines.ts";
import { takenOut } from "../../attribution/taken-out.ts";
import type { BranchStep } from "../../git/read-branch.ts";
import { type BlamedFile, readBlamed } from "./read-blamed.ts";
import {
  type FoundSources,
  type OpenFile,
  type SourceWorld,
  tellingPart,
  tellingWhole,
} from "./source-world.ts";

/** Adds what a branch's ledgers say of each open file, unless the branch must prove itself and does not. */
export async function addBranch(
  world: SourceWorld,
  open: readonly OpenFile[],
  branch: {
    found: Map<string, FoundSources>;
    steps: readonly BranchStep[];
    exact: ReadonlySet<string>;
    mustProve?: boolean;
    /** The commits below that the branch does not have, where what they took out is the branch's no more. */
    since?: (() => Promise<readonly BranchStep[]>) | undefined;
  },
): Promise<void> {
  const { found, steps, exact, mustProve = false, since } = branch;
  if (steps.length === 0) return;
  const ledgers = world.history.ledgers([...new Set(steps.map(({ commit }) => commit))]);
  if (ledgers.size === 0) return;
  const all = steps.flatMap(({ commit, changes }) =>
    changes.map((change): FileStep => {
      const ledger = ledgers.get(commit);
      return {
        ...change,
        commit,
        segments: ledger === undefined ? [] : segmentsOf(ledger, change.path),
      };
    }),
  );
  const names = new Set(all.map(({ path }) => path));
  const commits = new Set<string>(steps.map(({ commit }) => commit));
  let texts = new Map<string, Branched>();
  for (const { file } of open) {
    // A file that the branch has to the byte may have got another name since.
    const same = all.filter(({ newBlob }) => newBlob === file.newBlob).map(({ path }) => path);
    const known = [file.path, file.oldPath, ...same].filter((name) => names.has(name));
    const own = known.length > 0 ? stepsOf(all, known) : [];
    if (!own.some(({ segments }) => segments.length > 0)) continue;
    const parent = file.oldBlob === undefined ? undefined : await world.contents.read(file.oldBlob);
    const standing = new Set(parent === undefined ? [] : splitLines(decodeText(parent)));
    // Of equal lines, of which one is older than the branch, git may take either for the new one.
    const isOld = (commit: string, text: string): boolean =>
      !commits.has(commit) && standing.has(text);
    const list = await readTexts(world, own, { exact, isOld });
    const former = own.flatMap(({ path, oldPath }) => [path, oldPath]);
    texts.set(file.path, { names: new Set([...known, ...former]), list });
  }
  if (mustProve && !isProved(open, texts)) return;
  if (since !== undefined && [...texts.values()].some(({ list }) => list.length > 0)) {
    texts = await withoutTakenOut(world, texts, await since());
    if (mustProve && !isProved(open, texts)) return;
  }
  for (const [path, { list }] of texts) found.get(path)?.texts.push(...list);
}

/** A text of a branch and who wrote its lines. */
interface BranchText extends SourceText {
  readonly blob: string;
  /** It is the commit's own, of which git made the new one. */
  readonly isExact: boolean;
}

/** The texts that a branch has of a file, and the names that the file had there. */
interface Branched {
  readonly names: ReadonlySet<string>;
  readonly list: readonly BranchText[];
}

/**
 * The texts at a branch's end, by all its ledgers, then that of the commit in `exact`. Of several the last one tells of
 * all: what it does not have any more, somebody took out.
 */
async function readTexts(
  world: SourceWorld,
  steps: readonly FileStep[],
  { exact, isOld }: { exact: ReadonlySet<string>; isOld: BlamedFile["isOld"] & {} },
): Promise<BranchText[]> {
  const texts: BranchText[] = [];
  const add = async (step: FileStep, isOnly: boolean, isExact = false): Promise<void> => {
    const { newBlob, segments } = step;
    if (newBlob === undefined) return;
    const blamed = isOnly
      ? undefined
      : await readBlamed(world, { revision: step.commit, path: step.path, isOld });
    if (blamed !== undefined) return void texts.push({ ...blamed, blob: newBlob, isExact });
    const content = await world.contents.read(newBlob);
    if (content === undefined || segments.length === 0) return;
    const claims = claimsOfSegments(segments, lineStarts(content).length);
    texts.push({ content, claims, blob: newBlob, isExact });
  };
  for (const { step, isOnly } of leavesOf(steps)) await add(step, isOnly);
  const made = steps.filter(({ commit }) => exact.has(commit));
  const last = made.at(-1);
  if (last !== undefined) await add(last, made.length === 1, true);
  return texts;
}

/**
 * What the branch has put into a file may stand below the commit already, made again by a rebase. What a commit there
 * has taken out since, a person types again: it comes from no branch.
 */
async function withoutTakenOut(
  { contents }: SourceWorld,
  texts: ReadonlyMap<string, Branched>,
  since: readonly BranchStep[],
): Promise<Map<string, Branched>> {
  const changes = since.flatMap((step) => step.changes);
  const left = new Map<string, Branched>();
  for (const [path, { names, list }] of texts) {
    const told = list.map((text) => ({ ...text, claims: new Map(text.claims) }));
    for (const { oldBlob, newBlob } of stepsOf(changes, names)) {
      const before = oldBlob === undefined ? undefined : await contents.read(oldBlob);
      if (before === undefined) continue;
      const after = newBlob === undefined ? undefined : await contents.read(newBlob);
      for (const [at, text] of list.entries()) {
        if (text.isExact) continue;
        for (const line of takenOut(text, before, after)) told[at]?.claims.delete(line);
      }
    }
    left.set(path, { names, list: told });
  }
  return left;
}

/** Whether enough of a branch's telling lines stand in the commit, at best in files that are the branch's to the byte. */
function isProved(open: readonly OpenFile[], texts: ReadonlyMap<string, Branched>): boolean {
  let equal = 0;
  let telling = 0;
  let sought = 0;
  for (const { file } of open) {
    const lines = splitLines(decodeText(file.content));
    const list = texts.get(file.path)?.list ?? [];
    const same = list.find(({ blob }) => blob === file.newBlob);
    const claims = new Set<number>();
    for (const text of same === undefined ? list : [same]) {
      const own = splitLines(decodeText(text.content));
      const tellingOf = (claimed: Claims, from: readonly string[]): number[] =>
        [...claimed.keys()].filter((line) => !isWeak(from[line - 1] ?? ""));
      for (const line of tellingOf(followClaims(text.claims, text.content, file.content), lines)) {
        if (file.added.some(({ start, end }) => start <= line && line <= end)) claims.add(line);
      }
      sought += tellingOf(text.claims, own).length;
    }
    telling += claims.size;
    if (same !== undefined) equal += claims.size;
  }
  if (equal >= tellingWhole || telling >= tellingPart) return true;
  return telling >= tellingWhole && telling * 10 >= sought * 9;
}
