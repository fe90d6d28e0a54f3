import type { Project } from "../projects/find-project.ts";
import type { LinkedCommit } from "./link-commit.ts";

/** Notes come last: a ledger whose note is missing after a kill still counts, and `notes backfill` writes the note. */
export async function annotateLinked(
  project: Project,
  linked: readonly LinkedCommit[],
): Promise<void> {
  if (linked.every(({ ledger }) => ledger === undefined)) return;
  const { annotate } = await import("../notes/annotate.ts");
  await annotate(project, linked);
}
