import { existsSync } from "node:fs";
import { readHeadLog } from "../../git/head-log.ts";
import { type ListedCommit, listCommits } from "../../git/list-commits.ts";
import { listWorkTrees } from "../../git/list-work-trees.ts";
import { readHead } from "../../git/read-head.ts";
import type { CommitSha } from "../../schema/ids.ts";
import type { History } from "../../store/index/history.ts";
import {
  type LookedAt,
  type MissedCommit,
  type PulledSeen,
  hasPulledSince,
  noteLookedAt,
  pulledBytes,
  readKnownTips,
  readLookedAt,
} from "../../store/looked-at.ts";
import { openHistory } from "../../store/open-history.ts";
import { knownPending } from "../../store/pending.ts";
import type { Project } from "../projects/find-project.ts";
import type { LinkedCommit } from "./link-commit.ts";
import { originsOf } from "./made-here.ts";
import { placeOf } from "./work-tree-place.ts";

export interface CatchUpOptions {
  now(): Date;
  /** At most so many commits, and no more of them after so many milliseconds; the rest waits for the next time. */
  readonly limit?: { readonly commits: number; readonly milliseconds: number } | undefined;
  /** Nothing is written. */
  readonly dryRun?: boolean;
  /** The post-commit hook asks: of HEAD at least a hook has told. */
  readonly isTold?: boolean;
}

export interface CaughtUp {
  readonly linked: readonly LinkedCommit[];
  /** Commits that were not looked at for want of time. */
  readonly left: number;
  /** Whether HEAD had been looked at before. */
  readonly wasUpToDate: boolean;
}

/** What a hook, and a command that only reads, may spend: people wait for them. */
export const hookLimit = { commits: 1_000, milliseconds: 2_000 } as const;

/** Where nothing was ever looked at, as in a store of an earlier version, older commits are taken for known. */
const firstLook = 1_000;

/**
 * Links the commits that HEAD has and nobody looked at: made where no hook runs, pulled, merged. Oldest first, so that
 * a pending file is followed through each of them. Where HEAD is the commit that was last looked at here, that is all
 * there is to ask. Of a batch of commits that nothing here can say anything about the cost is one log and one lookup.
 * Order of writes: each commit's own, then how far we came, so that a kill costs a second look.
 */
export async function catchUp(project: Project, options: CatchUpOptions): Promise<CaughtUp> {
  const { git, paths } = project;
  const place = placeOf(paths, git.repository);
  const head = await readHead(git);
  const before = readLookedAt(place);
  const wasUpToDate = head === undefined || before.head === head;
  if (head === undefined || (wasUpToDate && !hasPulledSince(paths, before))) {
    return { linked: [], left: 0, wasUpToDate };
  }
  const known = readKnownTips(paths).filter((tip) => tip !== head);
  const newest = known.length > 0 ? undefined : firstLook;
  const listing = wasUpToDate
    ? Promise.resolve<ListedCommit[]>([])
    : listCommits(git, { from: head, known, newest });
  // Git is at work by now: the index is opened in the meantime. A failure of git's is told where it is awaited.
  listing.catch(() => {});
  using history = openHistory(paths);
  const commits = await listing;
  const { limit = { commits: Infinity, milliseconds: Infinity }, dryRun = false } = options;
  // Older commits first: what is found of them may tell of those that stand on them.
  const pulled =
    known.length > 0 || wasUpToDate
      ? await lookAgainAt(project, head, { ...options, before, commits, history, limit })
      : { linked: [], seen: { bytes: pulledBytes(paths) } };
  const { linked, looked } = await linkInOrder(project, commits, { ...options, history, limit });
  if (!dryRun) {
    const isWhole = looked.length === commits.length;
    noteLookedAt(place, {
      head: isWhole ? head : undefined,
      tips: isWhole ? [head] : tipsOf(looked),
      missed: known.length === 0 ? [] : missedOf(project, looked, { head, ...options }),
      pulled: pulled.seen,
    });
  }
  return {
    linked: [...pulled.linked, ...linked],
    left: commits.length - looked.length,
    wasUpToDate,
  };
}

/** At the commits that were looked at before, where a pull has brought ledgers since. */
async function lookAgainAt(
  project: Project,
  head: string,
  looking: LinkInOrderOptions & { before: LookedAt; commits: readonly ListedCommit[] },
): Promise<{ linked: LinkedCommit[]; seen: PulledSeen | undefined }> {
  const { before, commits, history, limit, now, dryRun = false } = looking;
  if (!hasPulledSince(project.paths, before)) return { linked: [], seen: before.pulled };
  const { lookAgain } = await import("./look-again.ts");
  const fresh = new Set(commits.map(({ sha }) => sha));
  const world = { history, now: now(), limit, dryRun };
  return await lookAgain(project, head, { ...world, seen: before.pulled, fresh });
}

/** Takes HEAD for looked at where nothing ever was: what was committed before `init` needs no hook. */
export async function markLookedAt({ git, paths }: Project): Promise<void> {
  const head = await readHead(git);
  const place = placeOf(paths, git.repository);
  if (head === undefined || readKnownTips(paths).length > 0) return;
  if (existsSync(paths.traces)) return;
  noteLookedAt(place, { head, tips: [head] });
  // Now that the place is there, it can be noted whose it is.
  placeOf(paths, git.repository);
}

export interface LinkInOrderOptions extends CatchUpOptions {
  readonly history: History;
  readonly limit: { readonly commits: number; readonly milliseconds: number };
  /** Commits that have a ledger are linked as well. */
  readonly again?: boolean;
}

/** Links those of the commits that something here may tell of, and says which were looked at. */
export async function linkInOrder(
  project: Project,
  commits: readonly ListedCommit[],
  { now, history, limit, dryRun = false, again = false }: LinkInOrderOptions,
): Promise<{ linked: LinkedCommit[]; looked: ListedCommit[] }> {
  const end = performance.now() + limit.milliseconds;
  const batch = commits.slice(0, limit.commits);
  const toLink = worthLinking(project, batch, { history, again });
  const findOrigin = await originsOf(project, toLink);
  const wanted = new Set(toLink);
  const linked: LinkedCommit[] = [];
  const looked: ListedCommit[] = [];
  for (const commit of batch) {
    if (wanted.has(commit)) {
      const { linkCommit } = await import("./link-commit.ts");
      if (performance.now() > end) break;
      const made = findOrigin(commit);
      const at = made ?? project.git.repository;
      linked.push(
        await linkCommit({ ...project, git: { ...project.git, repository: at } }, commit.sha, {
          now: now(),
          elsewhere: made === undefined,
          isPast: commit !== commits.at(-1),
          dryRun,
        }),
      );
    }
    looked.push(commit);
  }
  return { linked, looked };
}

/** Commits of files that an agent edited, as far as is known here, and that have no ledger yet. */
function worthLinking(
  project: Project,
  commits: readonly ListedCommit[],
  { history, again }: { history: History; again: boolean },
): ListedCommit[] {
  if (commits.length === 0) return [];
  const has = history.ledgers(again ? [] : commits.map(({ sha }) => sha));
  const open = commits.filter(({ sha }) => !has.has(sha));
  const known = history.knownPaths([...new Set(open.flatMap(({ paths }) => paths))]);
  const pending = listWorkTrees(project.git.repository).flatMap(
    (repository) => knownPending(placeOf(project.paths, repository)) ?? [],
  );
  // A new file may be one with edits that got another name before anything of it was committed.
  return open.filter(
    ({ paths, addsFiles }) =>
      (addsFiles && pending.length > 0) ||
      paths.some((path) => known.has(path) || pending.some((isPending) => isPending(path))),
  );
}

/** Commits that a person, or an agent, made in this work tree and of which no hook told. */
function missedOf(
  { git }: Project,
  looked: readonly ListedCommit[],
  { head, isTold = false, now }: CatchUpOptions & { head: string },
): MissedCommit[] {
  const made = new Set(
    readHeadLog(git.repository)
      .filter(({ action }) => /^commit(?::| \((?:amend|initial)\))/.test(action))
      .map(({ after }) => after),
  );
  const time = now().toISOString();
  return looked
    .filter(({ sha }) => made.has(sha) && !(isTold && sha === head))
    .map(({ sha }) => ({ commit: sha, time }));
}

/** Of commits looked at in order, those that none of the others has among its parents. */
function tipsOf(looked: readonly ListedCommit[]): CommitSha[] {
  const parents = new Set<string>(looked.flatMap((commit) => commit.parents));
  return looked.map(({ sha }) => sha).filter((sha) => !parents.has(sha));
}
