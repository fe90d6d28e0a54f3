import type { ClaimedSegment } from "../schema/ledger.ts";
import type { Claims } from "./claim-lines.ts";
import type { SourceText } from "./claim-file.ts";
import { claimsOfSegments, followClaims } from "./follow-ledger.ts";
import { lineStarts } from "./lines.ts";

/** What one commit of a branch did to a file. */
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

/** A text of a branch and who wrote its lines. */
export interface BranchText extends SourceText {
  readonly blob: string;
  readonly commit: string;
}

/**
 * Follows a file through a branch: at each commit the lines that came from before it keep who wrote them, and those
 * that its ledger claims get their authors. Gives the texts that no later step goes on from, and those of the
 * commits in `wanted`; oldest first.
 */
export function followBranch(
  steps: readonly FileStep[],
  contents: ReadonlyMap<string, Uint8Array>,
  wanted: ReadonlySet<string>,
): BranchText[] {
  const states = new Map<string, { claims: Claims; commit: string; order: number }>();
  const kept: BranchText[] = [];
  const passed = new Set<string>();
  for (const [order, step] of steps.entries()) {
    const { oldBlob, newBlob, commit, segments } = step;
    if (oldBlob !== undefined) passed.add(oldBlob);
    const content = newBlob === undefined ? undefined : contents.get(newBlob);
    if (newBlob === undefined || content === undefined) continue;
    passed.delete(newBlob);
    const before = oldBlob === undefined ? undefined : states.get(oldBlob);
    const old = oldBlob === undefined ? undefined : contents.get(oldBlob);
    const claims = new Map(
      before === undefined || old === undefined || before.claims.size === 0
        ? []
        : followClaims(before.claims, old, content),
    );
    // A merge comes once for each parent.
    const same = states.get(newBlob);
    if (same?.commit === commit) for (const [line, claim] of same.claims) claims.set(line, claim);
    for (const [line, claim] of claimsOfSegments(segments, lineStarts(content).length)) {
      claims.set(line, claim);
    }
    states.set(newBlob, { claims, commit, order });
    if (wanted.has(commit)) kept.push({ content, claims, blob: newBlob, commit });
  }
  const leaves = [...states]
    .filter(([blob]) => !passed.has(blob))
    .sort(([, one], [, other]) => one.order - other.order)
    .flatMap(([blob, { claims, commit }]): BranchText[] => {
      const content = contents.get(blob);
      return content === undefined ? [] : [{ content, claims, blob, commit }];
    });
  return [...leaves, ...kept];
}
