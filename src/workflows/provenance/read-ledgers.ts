import { AppError } from "../../errors.ts";
import { resolveCommit } from "../../git/read-history.ts";
import type { CommitSha } from "../../schema/ids.ts";
import type { Ledger } from "../../schema/ledger.ts";
import { acceptLedger, differingLedgers } from "../../store/exchange/differing-ledgers.ts";
import { openHistory } from "../../store/open-history.ts";
import { plural } from "../../terminal/text.ts";
import type { Project } from "../projects/find-project.ts";

/** What is known of a commit's lines: the ledger that counts, and a teammate's that says otherwise. */
export interface CommitLedgers {
  readonly commit: CommitSha;
  readonly ledger: Ledger | undefined;
  readonly differing: Ledger | undefined;
}

export async function readLedgers(project: Project, revision: string): Promise<CommitLedgers> {
  const commit = await resolveCommit(project.git, revision);
  using history = openHistory(project.paths);
  const ledger = history.ledgers([commit]).get(commit);
  return { commit, ledger, differing: differingLedgers(project.paths).get(commit)?.ledger };
}

/** Takes a teammate's ledger of a commit in place of ours. Throws `not_found` where none waits. */
export async function acceptTheirs(
  project: Project,
  revision: string,
): Promise<{ readonly commit: CommitSha; readonly ledger: Ledger }> {
  const commit = await resolveCommit(project.git, revision);
  const ledger = acceptLedger(project.paths, commit);
  if (ledger !== undefined) return { commit, ledger };
  const short = commit.slice(0, 7);
  throw new AppError("not_found", `no teammate's ledger of ${short} differs from ours`, {
    hint: `\`agent-trace ledger show ${short}\` shows what is known of it; \`agent-trace pull\` brings what teammates have`,
  });
}

/** A ledger as lines of text: each file with the lines that it claims. */
export function describeLedger({ files }: Ledger): string[] {
  const rows = Object.entries(files).flatMap(([path, { line_attributions: segments }]) =>
    segments.map(({ start_line: start, end_line: end, model_id: model }) => {
      const lines = start === end ? `${start}` : `${start}-${end}`;
      return `  ${path}:${lines}${model === undefined || model === null ? "" : `  ${model}`}`;
    }),
  );
  return rows.length === 0 ? ["  claims no line"] : rows;
}

/** How many lines a ledger claims. */
export function countClaimed({ files }: Ledger): string {
  const lines = Object.values(files)
    .flatMap(({ line_attributions: segments }) => segments)
    .reduce((sum, { start_line: start, end_line: end }) => sum + end - start + 1, 0);
  return plural(lines, "line");
}
