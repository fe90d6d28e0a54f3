import { AppError } from "../../errors.ts";
import { listCommits } from "../../git/list-commits.ts";
import { parseRange, resolveCommit } from "../../git/read-history.ts";
import { readHead } from "../../git/read-head.ts";
import { type CommitSha } from "../../schema/ids.ts";
import type { Ledger } from "../../schema/ledger.ts";
import { openHistory } from "../../store/open-history.ts";
import { readProjectConfig } from "../../store/project-settings.ts";
import type { Project } from "../projects/find-project.ts";
import { type WrittenNotes, writeNotesOf } from "./annotate.ts";
import { type NoteContents, contentsOf } from "./note-contents.ts";

/** What a command line says of a note's parts; the settings decide what it leaves open. */
export type ChosenContents = { readonly [Part in keyof NoteContents]?: boolean | undefined };

/** The note of one commit, from its ledger. Fails with `not_found` where it has none. */
export async function attachNote(
  project: Project,
  revision: string,
  chosen: ChosenContents,
): Promise<WrittenNotes & { readonly commit: CommitSha }> {
  const commit = await resolveCommit(project.git, revision);
  const ledgers = ledgersOf(project, [commit]);
  if (ledgers.length === 0) {
    const short = commit.slice(0, 7);
    throw new AppError("not_found", `${short} has no ledger, so there is nothing to note`, {
      hint: `link it with \`agent-trace commit-link ${short}\``,
    });
  }
  return { commit, ...(await writeNotesOf(project, ledgers, fill(project, chosen))) };
}

/** The notes of all commits of a range that have a ledger here, those of others too. */
export async function rebuildNotes(
  project: Project,
  range: string,
  chosen: ChosenContents,
): Promise<WrittenNotes> {
  return writeNotesOf(project, await ledgersIn(project, range), fill(project, chosen));
}

/** The ledgers of a range as people name it: one commit is that commit alone, or with `withPast` all before it too. */
export async function ledgersIn(
  project: Project,
  text: string,
  withPast = false,
): Promise<Ledger[]> {
  const { from, to, single } = await parseRange(project.git, text);
  const known = from === undefined ? [] : [from];
  const commits =
    single && !withPast
      ? [to]
      : (await listCommits(project.git, { from: to, known })).map(({ sha }) => sha);
  return ledgersOf(project, commits);
}

/** The notes of HEAD's history, or of its part since a time. */
export async function backfillNotes(
  project: Project,
  since: Date | undefined,
  chosen: ChosenContents,
): Promise<WrittenNotes> {
  const head = await readHead(project.git);
  const commits =
    head === undefined ? [] : await listCommits(project.git, { from: head, known: [], since });
  const ledgers = ledgersOf(
    project,
    commits.map(({ sha }) => sha),
  );
  return writeNotesOf(project, ledgers, fill(project, chosen));
}

function ledgersOf({ paths }: Project, commits: readonly string[]): Ledger[] {
  using history = openHistory(paths);
  const ledgers = history.ledgers(commits);
  return commits.flatMap((commit) => ledgers.get(commit) ?? []);
}

function fill({ paths }: Project, chosen: ChosenContents): NoteContents {
  const set = contentsOf(readProjectConfig(paths, () => {}) ?? {});
  return {
    ledger: chosen.ledger ?? set.ledger,
    summary: chosen.summary ?? set.summary,
    prompts: chosen.prompts ?? set.prompts,
    all_session_conversations: chosen.all_session_conversations ?? set.all_session_conversations,
  };
}
