import type { ProjectIndex } from "../index/project-index.ts";

/**
 * Facts about files outside the index as they were when both agreed: the fingerprints of `sync-state.json` and
 * `_index.json`, and whether the index knows what the first does not say yet (`unwritten`).
 */
type AgreementName = "sync-state" | "conversations" | "unwritten";

export function agreement(index: ProjectIndex, name: AgreementName): string | undefined {
  const row = index.database.query("SELECT fingerprint FROM agreement WHERE name = ?").get(name);
  return (row as { fingerprint: string } | null)?.fingerprint;
}

export function agree(index: ProjectIndex, name: AgreementName, fingerprint: string): void {
  index.database.query("INSERT OR REPLACE INTO agreement VALUES (?, ?)").run(name, fingerprint);
}
