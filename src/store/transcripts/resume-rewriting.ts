import { AppError } from "../../errors.ts";
import type { MaskCounts } from "../../schema/exchange.ts";
import type { ProjectPaths } from "../files/paths.ts";
import { readParts } from "./hash-file.ts";
import type { LiveCopy } from "./live-copy.ts";
import { type Rewrite, type Rewriting, rewriteFailed } from "./rewrite.ts";
import { findSnapshot } from "./snapshot.ts";
import type { KeptBeginning } from "./write-snapshot.ts";

/** A transcript's rewriting, from behind what its last snapshot has of it. */
export interface Resumed {
  readonly rewriting: Rewriting;
  readonly after: KeptBeginning | undefined;
  /** The first byte of the transcript that is still to be read. */
  readonly from: number;
}

/** Goes on where the last snapshot of a live copy ends, if that was made by the same rules. */
export function resumeRewriting(
  project: ProjectPaths,
  snapshot: LiveCopy["snapshot"],
  rewrite: Rewrite,
): Resumed {
  const kept = snapshot?.rewrite === rewrite.id ? findSnapshot(project, snapshot.blob) : undefined;
  if (kept !== undefined && snapshot !== undefined) {
    const rewriting = guard(() => rewrite.begin(snapshot.state));
    const { read, given } = rewriting.state;
    if (read <= snapshot.bytes && given <= kept.bytes) {
      const after = given === 0 ? undefined : { path: kept.path, bytes: given };
      return { rewriting: guarded(rewriting), after, from: read };
    }
  }
  const rewriting = guard(() => rewrite.begin());
  return { rewriting: guarded(rewriting), after: undefined, from: 0 };
}

export interface RawTranscript {
  readonly path: string;
  readonly bytes: number;
  readonly snapshot: LiveCopy["snapshot"];
}

export interface RewrittenTranscript {
  readonly parts: readonly Uint8Array<ArrayBuffer>[];
  readonly masked: MaskCounts;
}

/** A transcript rewritten in memory; what its last snapshot has of it is read from there. */
export function rewriteFile(
  project: ProjectPaths,
  raw: RawTranscript,
  rewrite: Rewrite,
): RewrittenTranscript {
  const { rewriting, after, from } = resumeRewriting(project, raw.snapshot, rewrite);
  const out: Uint8Array<ArrayBuffer>[] = [];
  const keep = (part: Uint8Array): void => void out.push(new Uint8Array(part));
  if (after !== undefined) for (const part of readParts(after.path, after.bytes)) keep(part);
  for (const part of readParts(raw.path, raw.bytes, from)) keep(rewriting.write(part));
  keep(rewriting.end());
  return { parts: out, masked: rewriting.counts };
}

/** A text by itself, rewritten. */
export function rewriteText(rewrite: Rewrite, text: string): string {
  return guard(() => {
    const rewriting = rewrite.begin();
    const parts = [rewriting.write(Buffer.from(text)), rewriting.end()];
    return Buffer.concat(parts).toString("utf8");
  });
}

function guard<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    // Only what we say ourselves is told: another message may repeat what was read.
    const reason = error instanceof AppError ? `: ${error.message}` : "";
    throw new AppError("failed", `it cannot be searched for secrets${reason}`, {
      label: rewriteFailed,
      cause: error,
    });
  }
}

function guarded(rewriting: Rewriting): Rewriting {
  return {
    write: (chunk) => guard(() => rewriting.write(chunk)),
    end: () => guard(() => rewriting.end()),
    get state() {
      return rewriting.state;
    },
    get counts() {
      return rewriting.counts;
    },
  };
}
