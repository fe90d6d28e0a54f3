import { type RowResource, resources, rowResources } from "../../schema/resource.ts";
import type { RemoteState } from "../../schema/sync-state.ts";
import { Manifest } from "./manifest.ts";
import type { ProjectIndex } from "../index/project-index.ts";

const listNames = {
  traces: "trace_ids",
  ledgers: "ledger_shas",
  commit_links: "commit_link_shas",
  summaries: "summary_keys",
} as const;

function sentKeys(index: ProjectIndex, remote: number, resource: RowResource): string[] {
  const sent = index.database
    .query(
      `SELECT key FROM ${resource} r WHERE h IS NOT NULL AND seq <= ?3 AND NOT EXISTS
           (SELECT 1 FROM waiting WHERE remote = ?1 AND resource = ?2 AND seq = r.seq)`,
    )
    .values(remote, resource, new Manifest(index).mark(remote, resource));
  const strays = index.database
    .query("SELECT key FROM stray WHERE remote = ? AND resource = ?")
    .values(remote, resource);
  const keys = new Set<string>();
  for (const [key] of [...sent, ...strays]) keys.add(key as string);
  // Sorting here takes half of what the database takes for it.
  return [...keys].sort();
}

/** A remote's entry as `sync-state.json` has it, lists sorted. */
export function exportManifest(index: ProjectIndex, name: string): RemoteState {
  const manifest = new Manifest(index);
  const remote = manifest.number(name);
  const { url, epoch } = manifest.find(name) ?? { url: null, epoch: null };
  const column = (sql: string): string[] =>
    index.database
      .query(sql)
      .values(remote)
      .map(([value]) => value as string);
  const synced = {
    trace_ids: sentKeys(index, remote, "traces"),
    ledger_shas: sentKeys(index, remote, "ledgers"),
    commit_link_shas: sentKeys(index, remote, "commit_links"),
    blob_shas: column("SELECT id FROM blob WHERE remote = ? ORDER BY id"),
    // A pointer at an older snapshot is none: the file cannot say which one the remote's names.
    conversation_ids: column(
      `SELECT p.id FROM pointer p LEFT JOIN conversation c ON c.id = p.id
         WHERE p.remote = ? AND (p.blob IS NULL OR c.blob IS NULL OR p.blob = c.blob) ORDER BY p.id`,
    ),
    summary_keys: sentKeys(index, remote, "summaries"),
  };
  const cursor = Object.fromEntries(
    resources.map((resource) => [resource, manifest.cursor(remote, resource)]),
  ) as RemoteState["cursor"];
  const file_sizes = {
    ledgers: index.reader("ledgers").consumed,
    commit_links: index.reader("commit_links").consumed,
  };
  return {
    synced,
    cursor,
    ...(epoch === null ? {} : { epoch }),
    ...(url === null ? {} : { url }),
    file_sizes,
  };
}

/** The entries of all remotes that the index knows. */
export function exportManifests(index: ProjectIndex): Map<string, RemoteState> {
  return new Map(new Manifest(index).remotes().map((name) => [name, exportManifest(index, name)]));
}

/** Takes everything of `sync-state.json` over; what was known of remotes before is forgotten. */
export function importManifests(
  index: ProjectIndex,
  states: ReadonlyMap<string, RemoteState>,
): void {
  const manifest = new Manifest(index);
  for (const name of manifest.remotes()) manifest.forget(name);
  for (const [name, state] of states) {
    const remote = manifest.number(name);
    if (state.url !== undefined) manifest.identify(name, state.url, state.epoch);
    for (const resource of resources) {
      const value = state.cursor[resource];
      if (value !== null) manifest.setCursor(remote, resource, value);
    }
    for (const blob of state.synced.blob_shas) manifest.addBlob(remote, blob);
    for (const id of state.synced.conversation_ids) manifest.setPointer(remote, id, null);
  }
  importSentRows(index, states);
}

/** Finds the rows that the manifests name; what is not here is kept by its key. */
export function importSentRows(
  index: ProjectIndex,
  states: ReadonlyMap<string, RemoteState>,
): void {
  const manifest = new Manifest(index);
  const stray = index.database.query("INSERT OR IGNORE INTO stray VALUES (?, ?, ?)");
  for (const [name, state] of states) {
    const remote = manifest.number(name);
    for (const resource of rowResources) {
      // A row that was appended after the manifest was written has changed since it was sent.
      const size = fileSize(state, resource) ?? Number.MAX_SAFE_INTEGER;
      const sent: number[] = [];
      for (const key of state.synced[listNames[resource]]) {
        const place = index.rows.find(resource, key);
        if (place === undefined) stray.run(remote, resource, key);
        else if (place.offset < size) sent.push(place.seq);
      }
      manifest.acknowledge(remote, resource, sent);
    }
  }
}

/** How large a file was whose rows can change after they were sent. */
function fileSize(state: RemoteState, resource: RowResource): number | undefined {
  return resource === "ledgers" || resource === "commit_links"
    ? state.file_sizes?.[resource]
    : undefined;
}
