import { readFileSync } from "node:fs";
import type { Warn } from "../files/json-file.ts";
import type { ProjectPaths } from "../files/paths.ts";
import { readLiveCopy } from "./live-copy.ts";
import { rewriteFile } from "./resume-rewriting.ts";
import type { Rewrite } from "./rewrite.ts";
import { findTranscript } from "./transcript.ts";

/**
 * A transcript as it leaves this machine, and as others have it: of what is raw here the form in which it would go, and
 * a snapshot as it is. Undefined where nothing is kept. Fails with `redaction_failed` (label) where it cannot be rewritten.
 */
export function readRewritten(
  project: ProjectPaths,
  id: string,
  { rewrite, warn }: { readonly rewrite: Rewrite | undefined; readonly warn: Warn },
): Buffer | undefined {
  const kept = findTranscript(project, id, warn);
  if (kept === undefined) return undefined;
  if (rewrite === undefined || kept.from === "snapshot") return readFileSync(kept.path);
  const { id: conversation, from, path, bytes } = kept;
  const live = from === "live copy" ? readLiveCopy(project, conversation) : undefined;
  const raw = { path, bytes, snapshot: live?.snapshot };
  return Buffer.concat(rewriteFile(project, raw, rewrite).parts);
}
