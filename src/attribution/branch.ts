import type { ClaimedSegment } from "../schema/ledger.ts";

/** What one commit of a branch did to a file; a merge comes once for each of its parents. */
export interface FileStep {
  readonly commit: string;
  readonly path: string;
  readonly oldPath: string;
  readonly oldBlob: string | undefined;
  readonly newBlob: string | undefined;
  /** What the commit's ledger claims of the file. */
  readonly segments: readonly ClaimedSegment[];
}

/** The steps of a branch that led to a file of one of these names, renames followed back; oldest first. */
export function stepsOf<Step extends Pick<FileStep, "path" | "oldPath">>(
  steps: readonly Step[],
  names: Iterable<string>,
): Step[] {
  const known = new Set(names);
  const found: Step[] = [];
  for (const step of steps.toReversed()) {
    if (!known.has(step.path)) continue;
    known.add(step.oldPath);
    found.push(step);
  }
  return found.reverse();
}

/** A text of a branch that the file may have been made of. */
export interface Leaf {
  readonly step: FileStep & { readonly newBlob: string };
  /** The branch touched the file in this step alone: its ledger tells all. */
  readonly isOnly: boolean;
}

/** The texts that no later step of the branch goes on from, oldest first. */
export function leavesOf(steps: readonly FileStep[]): Leaf[] {
  const leaves = new Map<string, FileStep & { newBlob: string }>();
  for (const step of steps) {
    if (step.oldBlob !== undefined) leaves.delete(step.oldBlob);
    const { newBlob } = step;
    if (newBlob !== undefined) leaves.set(newBlob, { ...step, newBlob });
  }
  const commits = new Set(steps.map(({ commit }) => commit));
  return [...leaves.values()].map((step) => ({ step, isOnly: commits.size === 1 }));
}
