import { followClaims, segmentsOf } from "../../attribution/follow-ledger.ts";
import { type GoneClaims, findGone } from "../../attribution/gone-branch.ts";
import { hashLines } from "../../attribution/line-hashes.ts";
import { decodeText, splitLines } from "../../attribution/lines.ts";
import { type BranchStep, readBranch } from "../../git/read-branch.ts";
import type { Change } from "../../git/read-changes.ts";
import { readCommit } from "../../git/read-commit.ts";
import type { Ledger } from "../../schema/ledger.ts";
import { addBranch } from "./branch-sources.ts";
import { readBlamed } from "./read-blamed.ts";
import {
  type FoundSources,
  type OpenFile,
  type SourceWorld,
  tellingPart,
  tellingWhole,
} from "./source-world.ts";

/**
 * Where lines may have come from that no pending file tells of: the commits that git names, then the branches of ledgers
 * that claim lines of the same text and whose commit the new one does not stand on, then ledgers whose commits are
 * gone. What git does not name must prove itself, by the whole of a commit.
 */
export async function findSources(
  world: SourceWorld,
  open: readonly OpenFile[],
): Promise<Map<string, FoundSources>> {
  const found = new Map<string, FoundSources>();
  if (open.length === 0) return found;
  for (const { file } of open) found.set(file.path, { texts: [], found: new Map() });
  const { origin, commit, git, history } = world;
  await addParent(world, open, found);
  if (origin.kind === "revert") await addReverted(world, open, found);
  // Of a revert the first one is what it takes back.
  const made = origin.kind === "revert" ? origin.commits.slice(1) : origin.commits;
  const named = [...origin.tips, ...made];
  const ledgers = history
    .ledgersClaiming({ hashes: sampleOf(open), paths: open.map(({ file }) => file.path) })
    .filter((ledger) => ledger.commit_sha !== commit.sha && mayTell(ledger, open));
  if (named.length === 0 && ledgers.length === 0) return found;
  const branch = await readBranch(git, named, commit.parents);
  const isOver = origin.tips.length > 0 && branch.length > 0;
  const since = isOver ? await readBranch(git, commit.parents, origin.tips) : [];
  const told = withoutMadeAgain(world, branch, since);
  await addBranch(world, open, {
    found,
    steps: told,
    exact: new Set(made),
    since: () => Promise.resolve(since),
  });
  const seen = new Set<string>(told.map((step) => step.commit));
  const others = ledgers.filter((ledger) => !seen.has(ledger.commit_sha));
  const steps = await readBranch(
    git,
    others.map((ledger) => ledger.commit_sha),
    [...commit.parents, ...named.filter((sha) => seen.has(sha))],
  );
  const exact = pairedCommits(world, steps);
  if (steps.length > 0) {
    const mustProve = !isTied(world, steps, exact);
    const ends = steps.map((step) => step.commit);
    const below = () => readBranch(git, commit.parents, ends);
    await addBranch(world, open, {
      found,
      steps,
      exact,
      mustProve,
      since: mustProve ? below : undefined,
    });
  }
  for (const step of steps) seen.add(step.commit);
  await addGone(world, open, {
    found,
    ledgers: others.filter((other) => !seen.has(other.commit_sha)),
  });
  return found;
}

/**
 * The steps of the branches that git names, but for files that stand in a commit since as the branch had them last: what
 * such a file lost after that, somebody took out.
 */
function withoutMadeAgain(
  { origin }: SourceWorld,
  steps: readonly BranchStep[],
  since: readonly BranchStep[],
): readonly BranchStep[] {
  if (since.length === 0) return steps;
  const nameOf = ({ path, newBlob }: Change): string => `${path}\0${newBlob}`;
  const made = new Set(since.flatMap(({ changes }) => changes.map(nameOf)));
  const last = new Map(steps.flatMap(({ changes }) => changes.map((one) => [one.path, one])));
  const isOver = ({ path }: Change): boolean => {
    const end = last.get(path);
    return end?.newBlob !== undefined && made.has(nameOf(end));
  };
  const exact = new Set<string>(origin.commits);
  return steps.map((step) =>
    exact.has(step.commit)
      ? step
      : { ...step, changes: step.changes.filter((change) => !isOver(change)) },
  );
}

/** Enough lines to find every branch that a file may have come from; of more, some of everywhere in it are asked about. */
const mostSought = 1_000;

function sampleOf(open: readonly OpenFile[]): string[] {
  const hashes = [...new Set(open.flatMap((file) => [...file.hashes]))];
  const step = Math.max(1, hashes.length / mostSought);
  return Array.from(
    { length: Math.min(hashes.length, mostSought) },
    (_, at) => hashes[Math.floor(at * step)] ?? "",
  );
}

/** A ledger found by its files alone tells something where it keeps no hashes, or where common lines are sought. */
function mayTell(ledger: Ledger, open: readonly OpenFile[]): boolean {
  const sought = new Set(open.flatMap(({ hashes }) => [...hashes]));
  const isPlain = (path: string): boolean =>
    segmentsOf(ledger, path).some(({ evidence = [] }) => evidence.length === 0);
  if (open.some(({ file, hashes }) => hashes.size === 0 || isPlain(file.path))) return true;
  return Object.values(ledger.files)
    .flatMap((file) => file.line_attributions)
    .some(({ evidence = [] }) => evidence.some(({ hash }) => sought.has(hash)));
}

/**
 * Commits of the branch that this one was made of: of the same author's date, and of the same change or with the same
 * author and subject. A date alone says little: two commits may be made within a second.
 */
function pairedCommits(
  { commit, changes }: SourceWorld,
  steps: readonly BranchStep[],
): Set<string> {
  const key = (list: readonly Change[]): string =>
    list
      .map(({ path, oldBlob, newBlob }) => `${path}\0${oldBlob}\0${newBlob}`)
      .sort()
      .join("\0");
  const own = key(changes);
  const paired = steps.filter(
    (step) =>
      step.authoredAt === commit.authoredAt &&
      ((step.authorEmail === commit.authorEmail && commit.message.startsWith(step.subject)) ||
        key(step.changes) === own),
  );
  return new Set(paired.map((step) => step.commit));
}

/** Whether git or the commit's message ties the commit to the branch, so that even a single line counts. */
function isTied(
  { commit, origin }: SourceWorld,
  steps: readonly BranchStep[],
  paired: ReadonlySet<string>,
): boolean {
  if (paired.size > 0 || origin.mayBeSquash) return true;
  return steps.some(({ subject }) => subject.length >= 8 && commit.message.includes(subject));
}

/** What a revert brings back stood before the commit that it takes back: who wrote it there is told line by line. */
async function addReverted(
  world: SourceWorld,
  open: readonly OpenFile[],
  found: ReadonlyMap<string, FoundSources>,
): Promise<void> {
  const { objects, origin } = world;
  const [sha] = origin.commits;
  const parent = sha === undefined ? undefined : (await readCommit(objects, sha))?.parents[0];
  if (parent === undefined) return;
  for (const { file } of open) {
    const text = await readBlamed(world, { revision: parent, path: file.path, isStanding: true });
    if (text !== undefined) found.get(file.path)?.texts.push(text);
  }
}

/**
 * Lines of the parent that were re-spaced or re-wrapped are new to git and keep their authors. Who wrote them there is
 * asked only where lines of the old text came through.
 */
async function addParent(
  world: SourceWorld,
  open: readonly OpenFile[],
  found: ReadonlyMap<string, FoundSources>,
): Promise<void> {
  const { commit, contents } = world;
  const [parent] = commit.parents;
  if (parent === undefined || commit.parents.length > 1) return;
  for (const { file } of open) {
    const old = file.oldBlob === undefined ? undefined : await contents.read(file.oldBlob);
    if (old === undefined) continue;
    const somebody = { traceId: "", timestamp: "" };
    const all = new Map(splitLines(decodeText(old)).map((_, line) => [line + 1, somebody]));
    const through = followClaims(all, old, file.content);
    const isThrough = file.added.some(({ start, end }) => {
      for (let line = start; line <= end; line++) if (through.has(line)) return true;
      return false;
    });
    const text = isThrough
      ? await readBlamed(world, { revision: parent, path: file.oldPath, isStanding: true })
      : undefined;
    if (text !== undefined) found.get(file.path)?.texts.push(text);
  }
}

/** Ledgers whose commits nobody has here any more prove by the hashes of their lines, in order. */
async function addGone(
  { objects }: SourceWorld,
  open: readonly OpenFile[],
  { found, ledgers }: { found: ReadonlyMap<string, FoundSources>; ledgers: readonly Ledger[] },
): Promise<void> {
  const gone: Ledger[] = [];
  for (const ledger of ledgers) {
    if ((await objects.read(ledger.commit_sha)) === undefined) gone.push(ledger);
  }
  if (gone.length === 0) return;
  const proofs: { path: string; proof: GoneClaims }[] = [];
  // The newest stands first; what it says of a line is heard last.
  for (const { file } of open) {
    const lines = { ...hashLines(file.content), added: file.added };
    for (const ledger of gone.toReversed()) {
      const names = [file.path, file.oldPath].filter((name) => Object.hasOwn(ledger.files, name));
      const segments = names.length === 0 ? [] : segmentsOf(ledger, names[0] ?? "");
      if (segments.length > 0) proofs.push({ path: file.path, proof: findGone(segments, lines) });
    }
  }
  const telling = proofs.reduce((sum, { proof }) => sum + proof.telling, 0);
  const sought = proofs.reduce((sum, { proof }) => sum + proof.sought, 0);
  const isEnough =
    telling >= tellingPart || (telling >= tellingWhole && telling * 10 >= sought * 9);
  if (!isEnough) return;
  for (const { path, proof } of proofs) {
    for (const [line, claim] of proof.claims) found.get(path)?.found.set(line, claim);
  }
}
