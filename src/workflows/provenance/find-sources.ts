import { type FileStep, leavesOf, stepsOf } from "../../attribution/branch.ts";
import type { CommittedFile, SourceText } from "../../attribution/claim-file.ts";
import { type Claims, withoutStrayLines } from "../../attribution/claim-lines.ts";
import { claimsOfSegments, followClaims, segmentsOf } from "../../attribution/follow-ledger.ts";
import { type GoneClaims, findGone } from "../../attribution/gone-branch.ts";
import { hashLines } from "../../attribution/line-hashes.ts";
import { decodeText, isWeak, lineStarts, splitLines } from "../../attribution/lines.ts";
import type { Objects } from "../../git/open-objects.ts";
import { readBlame } from "../../git/read-blame.ts";
import { type BranchStep, readBranch } from "../../git/read-branch.ts";
import type { Change } from "../../git/read-changes.ts";
import { type Commit, readCommit } from "../../git/read-commit.ts";
import type { CommitSources } from "../../git/read-sources.ts";
import type { Git } from "../../git/run-git.ts";
import type { Ledger } from "../../schema/ledger.ts";
import type { PendingClaim } from "../../schema/pending.ts";
import type { History } from "../../store/index/history.ts";
import type { Contents } from "./contents.ts";

/** What the search for the commits of which one was made needs. */
export interface SourceWorld {
  readonly git: Git;
  readonly history: History;
  readonly objects: Objects;
  readonly contents: Contents;
  readonly commit: Commit;
  readonly changes: readonly Change[];
  readonly origin: CommitSources;
}

/** A file some of whose added lines nobody claims yet: those of its telling lines by hash. */
export interface OpenFile {
  readonly file: CommittedFile;
  readonly hashes: ReadonlySet<string>;
}

/** Texts and claims found for a file, to be heard in this order. */
export interface FoundSources {
  readonly texts: SourceText[];
  found: Map<number, PendingClaim>;
}

/** How many telling lines of a branch must stand in a commit that nothing else ties to it, where all of them do, … */
const tellingWhole = 3;
/** … or where only a part does, which a person may have written as well. */
const tellingPart = 6;

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
  const told = await readBranch(git, named, commit.parents);
  await addBranch(world, open, { found, steps: told, exact: new Set(made) });
  const seen = new Set<string>(told.map((step) => step.commit));
  const others = ledgers.filter((ledger) => !seen.has(ledger.commit_sha));
  const steps = await readBranch(
    git,
    others.map((ledger) => ledger.commit_sha),
    [...commit.parents, ...named.filter((sha) => seen.has(sha))],
  );
  const exact = pairedCommits(world, steps);
  if (steps.length > 0) {
    await addBranch(world, open, { found, steps, exact, mustProve: !isTied(world, steps, exact) });
  }
  for (const step of steps) seen.add(step.commit);
  await addGone(world, open, {
    found,
    ledgers: others.filter((other) => !seen.has(other.commit_sha)),
  });
  return found;
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

async function addBranch(
  world: SourceWorld,
  open: readonly OpenFile[],
  branch: {
    found: Map<string, FoundSources>;
    steps: readonly BranchStep[];
    exact: ReadonlySet<string>;
    mustProve?: boolean;
  },
): Promise<void> {
  const { found, steps, exact, mustProve = false } = branch;
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
  const texts = new Map<string, BranchText[]>();
  for (const { file } of open) {
    const own = [file.path, file.oldPath].some((name) => names.has(name))
      ? stepsOf(all, [file.path, file.oldPath])
      : [];
    if (!own.some(({ segments }) => segments.length > 0)) continue;
    texts.set(file.path, await readTexts(world, own, exact));
  }
  if (mustProve && !isProved(open, texts)) return;
  for (const [path, list] of texts) found.get(path)?.texts.push(...list);
}

/** A text of a branch and who wrote its lines. */
interface BranchText extends SourceText {
  readonly blob: string;
}

/** The texts at a branch's end, by all its ledgers, then those of the commits in `exact`, by their own. */
async function readTexts(
  world: SourceWorld,
  steps: readonly FileStep[],
  exact: ReadonlySet<string>,
): Promise<BranchText[]> {
  const texts: BranchText[] = [];
  const add = async ({ newBlob, segments }: FileStep): Promise<void> => {
    const content = newBlob === undefined ? undefined : await world.contents.read(newBlob);
    if (newBlob === undefined || content === undefined || segments.length === 0) return;
    const claims = claimsOfSegments(segments, lineStarts(content).length);
    texts.push({ content, claims, blob: newBlob });
  };
  for (const { step, isOnly } of leavesOf(steps)) {
    const blamed = isOnly ? undefined : await readBlamed(world, step.commit, step.path);
    if (blamed === undefined) await add(step);
    else texts.push({ ...blamed, blob: step.newBlob });
  }
  for (const step of steps) if (exact.has(step.commit)) await add(step);
  return texts;
}

/** Whether enough of a branch's telling lines stand in the commit, at best in files that are the branch's to the byte. */
function isProved(
  open: readonly OpenFile[],
  texts: ReadonlyMap<string, readonly BranchText[]>,
): boolean {
  let equal = 0;
  let telling = 0;
  let sought = 0;
  for (const { file } of open) {
    const lines = splitLines(decodeText(file.content));
    const list = texts.get(file.path) ?? [];
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
    const text = await readBlamed(world, parent, file.path);
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
    const text = isThrough ? await readBlamed(world, parent, file.oldPath) : undefined;
    if (text !== undefined) found.get(file.path)?.texts.push(text);
  }
}

/** A file as a commit has it, and what ledgers say of the commits that its lines came from. */
async function readBlamed(
  { git, history, objects }: SourceWorld,
  revision: string,
  path: string,
): Promise<SourceText | undefined> {
  const blob = await objects.read(`${revision}:${path}`);
  if (blob?.type !== "blob") return undefined;
  const blamed = await readBlame(git, path, { revision }).catch(() => []);
  const ledgers = history.ledgers([...new Set(blamed.flatMap(({ commit }) => commit ?? []))]);
  const claims = new Map<number, PendingClaim>();
  const known = new Map<string, Claims>();
  const most = Math.max(0, ...blamed.map(({ originalLine }) => originalLine));
  for (const { line, commit, originalPath, originalLine } of blamed) {
    const ledger = commit === undefined ? undefined : ledgers.get(commit);
    if (ledger === undefined) continue;
    const key = `${commit} ${originalPath}`;
    const of = known.get(key) ?? claimsOfSegments(segmentsOf(ledger, originalPath), most);
    known.set(key, of);
    const claim = of.get(originalLine);
    if (claim !== undefined) claims.set(line, claim);
  }
  const told = withoutStrayLines(claims, blob.content);
  return told.size === 0 ? undefined : { content: blob.content, claims: told };
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
