import { resolveCommit } from "../../git/read-history.ts";
import { openHistory } from "../../store/open-history.ts";
import type { Project } from "../projects/find-project.ts";

/** The newest summary of each conversation that the commit's ledger names, and how many it names. */
export async function summariesOfCommit({ paths, git }: Project, revision: string) {
  const commit = await resolveCommit(git, revision);
  using history = openHistory(paths);
  const ledger = history.ledgers([commit]).get(commit);
  const segments = Object.values(ledger?.files ?? {}).flatMap((file) => file.line_attributions);
  const ids = [...new Set(segments.flatMap(({ conversation_id }) => conversation_id ?? []))];
  return { commit, summaries: history.summaries(ids), conversations: ids.length };
}
