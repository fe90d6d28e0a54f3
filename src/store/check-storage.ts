import { isObject } from "../schema/is-object.ts";
import { readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { rowResources } from "../schema/resource.ts";
import { readConversationIndex } from "./transcripts/conversation-index.ts";
import { indexedRow } from "./index/indexed-row.ts";
import { type Warn } from "./files/json-file.ts";
import { type ProjectPaths, homePaths } from "./files/paths.ts";
import { rowFile } from "./index/project-index.ts";
import { readRecords } from "./files/read-lines.ts";
import { hasSnapshot } from "./transcripts/snapshot.ts";

/** One JSONL file, read from end to end. */
export interface FileCheck {
  readonly name: string;
  readonly records: number;
  /** Lines that are no records: torn by a kill and closed off since, or damaged otherwise. Never sent. */
  readonly unreadable: number;
  /** Half a line at the end, that the next append closes off. */
  readonly torn: boolean;
}

export interface StorageCheck {
  readonly files: readonly FileCheck[];
  /** What others than its owner may read or write. */
  readonly open: readonly string[];
  /** Damaged files that were set aside. */
  readonly setAside: readonly string[];
  /** Conversations whose newest snapshot is not in the cache. */
  readonly missingSnapshots: number;
}

/** Reads every record of a project. The cost is the whole store: for `doctor` alone. */
export function checkStorage(home: string, project: ProjectPaths, warn: Warn): StorageCheck {
  const files = rowResources.map((resource) => checkFile(project, resource));
  const paths = homePaths(home);
  const own = [project.directory, ...list(project.directory), ...list(project.conversations)];
  const all = [paths.directory, paths.config, paths.registry, paths.hookErrors, ...own];
  // What stands behind a closed door is closed; tokens are locked away behind it all the same.
  const reachable = isOpen(paths.directory) ? all : [paths.config];
  const snapshots = [...readConversationIndex(project, warn).values()];
  return {
    files,
    open: reachable.filter(isOpen),
    setAside: [...list(home), ...list(project.directory), ...list(project.conversations)].filter(
      (path) => /\.bad-\d+$/.test(path),
    ),
    missingSnapshots: snapshots.filter((blob) => !hasSnapshot(project, blob)).length,
  };
}

function checkFile(project: ProjectPaths, resource: (typeof rowResources)[number]): FileCheck {
  const path = rowFile(project, resource);
  let records = 0;
  let unreadable = 0;
  let torn = false;
  const onUnreadable = ({ terminated }: { terminated: boolean }): void => {
    if (terminated) unreadable++;
    else torn = true;
  };
  for (const { value } of readRecords(path, { onUnreadable })) {
    if (isObject(value) && indexedRow(resource, value) !== undefined) records++;
    else unreadable++;
  }
  return { name: basename(path), records, unreadable, torn };
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory).map((name) => join(directory, name));
  } catch {
    return [];
  }
}

function isOpen(path: string): boolean {
  if (process.platform === "win32") return false;
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && (stats.mode & 0o077) !== 0;
}
