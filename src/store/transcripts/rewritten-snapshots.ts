import { isObject } from "../../schema/is-object.ts";
import type { BlobId } from "../../schema/ids.ts";
import { join } from "node:path";
import { type JsonFile, type Warn, readJsonFile, updateJsonFile } from "../files/json-file.ts";
import type { ProjectPaths } from "../files/paths.ts";

type Rewritten = Record<string, unknown>;

/** `conversations/_rewritten.json`, ours: by which rules a snapshot without a live copy was made. Losing it costs a scan. */
function rewrittenFile(project: ProjectPaths): JsonFile<Rewritten> {
  return { path: join(project.conversations, "_rewritten.json"), isValid: isObject };
}

/** The snapshots of which it is known that these rules change nothing in them. */
export function readRewritten(project: ProjectPaths, id: string, warn: Warn): Set<BlobId> {
  const entries = Object.entries(readJsonFile(rewrittenFile(project), warn) ?? {});
  return new Set(entries.filter(([, by]) => by === id).map(([blob]) => blob as BlobId));
}

/** Notes snapshots that these rules made; what no conversation points to is forgotten. */
export function noteRewritten(
  project: ProjectPaths,
  made: { readonly id: string; readonly blobs: readonly BlobId[]; readonly needed: Set<BlobId> },
  warn: Warn,
): void {
  if (made.blobs.length === 0) return;
  const change = (file: Rewritten): void => {
    for (const blob of Object.keys(file)) if (!made.needed.has(blob as BlobId)) delete file[blob];
    for (const blob of made.blobs) file[blob] = made.id;
  };
  updateJsonFile(rewrittenFile(project), { initial: () => ({}), change }, warn);
}
