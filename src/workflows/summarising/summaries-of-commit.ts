import type { Context } from "../../context.ts";
import { resolveCommit } from "../../git/read-history.ts";
import { openHistory } from "../../store/open-history.ts";
import { textMasker } from "../exchange/read-transcript.ts";
import type { Project } from "../projects/find-project.ts";

/** The newest summary of each conversation that the commit's ledger names, masked, and how many it names. */
export async function summariesOfCommit(
  context: Context,
  { paths, git }: Project,
  revision: string,
) {
  const commit = await resolveCommit(git, revision);
  using history = openHistory(paths);
  const ledger = history.ledgers([commit]).get(commit);
  const segments = Object.values(ledger?.files ?? {}).flatMap((file) => file.line_attributions);
  const ids = [...new Set(segments.flatMap(({ conversation_id }) => conversation_id ?? []))];
  const mask = await textMasker(context, paths);
  // Other programs keep theirs as they came.
  const summaries = [...history.summaries(ids)].map(([id, text]) => [id, mask(text)] as const);
  return { commit, summaries: new Map(summaries), conversations: ids.length };
}
