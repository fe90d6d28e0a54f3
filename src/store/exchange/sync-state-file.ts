import { isObject } from "../../schema/is-object.ts";
import { statSync } from "node:fs";
import { onDisk } from "../files/disk-failure.ts";
import type { RemoteState } from "../../schema/sync-state.ts";
import { type JsonFile, type Warn, readJsonFile, updateJsonFile } from "../files/json-file.ts";
import type { ProjectPaths } from "../files/paths.ts";

/** `sync-state.json` as it stands in the file: entries may lack what an older client did not know. */
interface StateFile {
  version: number;
  remotes: Record<string, unknown>;
}

const listNames = [
  "trace_ids",
  "ledger_shas",
  "commit_link_shas",
  "blob_shas",
  "conversation_ids",
  "summary_keys",
] as const;
const cursorNames = ["traces", "ledgers", "commit_links", "conversations", "summaries"] as const;

function isEntry(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { synced, cursor } = value;
  if (synced !== undefined && !isObject(synced)) return false;
  if (cursor !== undefined && !isObject(cursor)) return false;
  return listNames.every((name) => {
    const list = synced?.[name];
    return (
      list === undefined || (Array.isArray(list) && list.every((key) => typeof key === "string"))
    );
  });
}

/** A later version may mean anything by the same words: it is set aside, and the service asked again. */
function isStateFile(value: unknown): value is StateFile {
  if (!isObject(value) || !isObject(value["remotes"])) return false;
  const { version } = value;
  if (typeof version !== "number" || version > 2) return false;
  return Object.values(value["remotes"]).every(isEntry);
}

function stateFile(project: ProjectPaths): JsonFile<StateFile> {
  return { path: project.syncState, isValid: isStateFile };
}

function toState(entry: Record<string, unknown>): RemoteState {
  const synced = isObject(entry["synced"]) ? entry["synced"] : {};
  const cursor = isObject(entry["cursor"]) ? entry["cursor"] : {};
  const { epoch, url, file_sizes: sizes } = entry;
  const size = (name: string): number => {
    const bytes = isObject(sizes) ? sizes[name] : undefined;
    return typeof bytes === "number" ? bytes : Number.MAX_SAFE_INTEGER;
  };
  return {
    synced: Object.fromEntries(
      listNames.map((name) => [name, synced[name] ?? []]),
    ) as RemoteState["synced"],
    cursor: Object.fromEntries(
      cursorNames.map((name) => [name, typeof cursor[name] === "string" ? cursor[name] : null]),
    ) as RemoteState["cursor"],
    ...(typeof epoch === "string" ? { epoch } : {}),
    ...(typeof url === "string" ? { url } : {}),
    file_sizes: { ledgers: size("ledgers"), commit_links: size("commit_links") },
  };
}

/** What each remote had when the file was written; none where it is missing or damaged. */
export function readSyncState(project: ProjectPaths, warn: Warn): Map<string, RemoteState> {
  const { remotes } = readJsonFile(stateFile(project), warn) ?? { remotes: {} };
  return new Map(
    Object.entries(remotes).map(([name, entry]) => [name, toState(isObject(entry) ? entry : {})]),
  );
}

/** Replaces or, with undefined, removes the entries of some remotes; all else in the file stays. */
export function writeSyncState(
  project: ProjectPaths,
  entries: ReadonlyMap<string, RemoteState | undefined>,
  warn: Warn,
): void {
  const change = (state: StateFile): void | false => {
    const before = JSON.stringify(state);
    state.version = 2;
    for (const [name, entry] of entries) {
      const known = Object.hasOwn(state.remotes, name) ? state.remotes[name] : undefined;
      if (entry === undefined) delete state.remotes[name];
      else state.remotes[name] = { ...(isObject(known) ? known : {}), ...entry };
    }
    if (JSON.stringify(state) === before) return false;
  };
  const initial = (): StateFile => ({ version: 2, remotes: {} });
  updateJsonFile(stateFile(project), { initial, change }, warn);
}

/** Tells a file that was written since from one that was not. */
export function fingerprint(path: string): string {
  const stats = onDisk("read", path, () => statSync(path, { bigint: true, throwIfNoEntry: false }));
  return stats === undefined ? "missing" : `${stats.ino}:${stats.size}:${stats.mtimeNs}`;
}
