import type { Database } from "bun:sqlite";
import type { Resource, RowResource } from "../../schema/resource.ts";
import type { FilePlace } from "../index/read-places.ts";
import type { FiledRow, RowPlace } from "../index/rows.ts";
import { indexedRow } from "../index/indexed-row.ts";
import type { ProjectIndex } from "../index/project-index.ts";

/** A row that may have to be sent, and whether a ledger names it. */
export interface CandidateRow extends RowPlace {
  readonly named: number;
}

function candidateColumns(resource: RowResource): string {
  const named = resource === "traces" ? "EXISTS (SELECT 1 FROM named n WHERE n.h = r.h)" : "1";
  return `r.*, ${named} AS named`;
}

/** Where a row stands, and whether a remote has it. */
export interface HeldRow extends FilePlace {
  readonly seq: number;
  /** As it goes over the wire; fewer than its length where a part of it stays here. */
  readonly bytes: number;
  readonly sent: number;
}

interface RemoteRow {
  readonly number: number;
  readonly url: string | null;
  readonly epoch: string | null;
}

/**
 * The fingerprints of `sync-state.json` and `_index.json`, and whether the index knows what the first does not say yet
 * (`unwritten`).
 */
type AgreementName = "sync-state" | "conversations" | "unwritten";

/**
 * What each remote has, within the index. Of a resource it has all rows up to a mark but for those that wait, so that
 * a remote that lacks nothing costs nothing, however long the history is.
 */
export class Manifest {
  readonly #index: ProjectIndex;

  constructor(index: ProjectIndex) {
    this.#index = index;
  }

  get #database(): Database {
    return this.#index.database;
  }

  /** What a file outside the index was when both agreed. */
  agreed(name: AgreementName): string | undefined {
    const row = this.#database.query("SELECT fingerprint FROM agreement WHERE name = ?").get(name);
    return (row as { fingerprint: string } | null)?.fingerprint;
  }

  agree(name: AgreementName, fingerprint: string): void {
    this.#database.query("INSERT OR REPLACE INTO agreement VALUES (?, ?)").run(name, fingerprint);
  }

  remotes(): string[] {
    const rows = this.#database.query("SELECT name FROM remote ORDER BY name").all();
    return (rows as { name: string }[]).map(({ name }) => name);
  }

  find(name: string): RemoteRow | undefined {
    const row = this.#database
      .query("SELECT number, url, epoch FROM remote WHERE name = ?")
      .get(name);
    return (row as RemoteRow | null) ?? undefined;
  }

  /** The number of a remote, entered where it is not there yet. */
  number(name: string): number {
    this.#database.query("INSERT OR IGNORE INTO remote (name) VALUES (?)").run(name);
    return this.find(name)?.number ?? 0;
  }

  identify(name: string, url: string, epoch: string | undefined): void {
    this.#database
      .query("UPDATE remote SET url = ?, epoch = ? WHERE number = ?")
      .run(url, epoch ?? null, this.number(name));
  }

  rename(from: string, to: string): void {
    this.#database.query("UPDATE remote SET name = ? WHERE name = ?").run(to, from);
  }

  forget(name: string): void {
    const remote = this.find(name);
    if (remote === undefined) return;
    for (const table of ["mark", "waiting", "stray", "cursor", "blob", "pointer"]) {
      this.#database.query(`DELETE FROM ${table} WHERE remote = ?`).run(remote.number);
    }
    this.#database.query("DELETE FROM remote WHERE number = ?").run(remote.number);
  }

  /** The number of the last row of a resource that the remote has, or that waits for it. */
  mark(remote: number, resource: RowResource): number {
    const row = this.#database
      .query("SELECT seq FROM mark WHERE remote = ? AND resource = ?")
      .get(remote, resource);
    return (row as { seq: number } | null)?.seq ?? 0;
  }

  /** The rows that count and that the remote lacks, in file order; all of them, or those behind a number. */
  unsent(remote: number, resource: RowResource, behind?: number): CandidateRow[] {
    const columns = candidateColumns(resource);
    if (behind !== undefined) {
      return this.#database
        .query(
          `SELECT ${columns} FROM ${resource} r WHERE seq > ? AND r.h IS NOT NULL ORDER BY seq`,
        )
        .all(behind) as CandidateRow[];
    }
    return this.#database
      .query(
        `SELECT ${columns} FROM waiting w JOIN ${resource} r ON r.seq = w.seq
           WHERE w.remote = ?1 AND w.resource = ?2 AND r.h IS NOT NULL
         UNION ALL SELECT ${columns} FROM ${resource} r WHERE r.seq > ?3 AND r.h IS NOT NULL
         ORDER BY seq`,
      )
      .all(remote, resource, this.mark(remote, resource)) as CandidateRow[];
  }

  /** All rows that count, in file order. */
  all(resource: RowResource): CandidateRow[] {
    const columns = candidateColumns(resource);
    return this.#database
      .query(`SELECT ${columns} FROM ${resource} r WHERE r.h IS NOT NULL ORDER BY r.seq`)
      .all() as CandidateRow[];
  }

  /** The rows behind a number that count, at most so many, and whether the remote has them. */
  page(
    remote: number,
    resource: RowResource,
    { after, limit }: { readonly after: number; readonly limit: number },
  ): HeldRow[] {
    return this.#database
      .query(
        `SELECT seq, key, offset, length, bytes, seq <= ?3 AND NOT EXISTS (SELECT 1 FROM waiting w
             WHERE w.remote = ?1 AND w.resource = ?2 AND w.seq = r.seq) AS sent
           FROM ${resource} r WHERE seq > ?4 AND h IS NOT NULL ORDER BY seq LIMIT ?5`,
      )
      .all(remote, resource, this.mark(remote, resource), after, limit) as HeldRow[];
  }

  /** The snapshots that the remote's pointers are known to name. */
  pointers(remote: number): { id: string; blob: string }[] {
    return this.#database
      .query("SELECT id, blob FROM pointer WHERE remote = ? AND blob IS NOT NULL ORDER BY id")
      .all(remote) as { id: string; blob: string }[];
  }

  isSent(remote: number, resource: RowResource, seq: number): boolean {
    if (seq > this.mark(remote, resource)) return false;
    const waiting = "SELECT 1 FROM waiting WHERE remote = ? AND resource = ? AND seq = ?";
    return this.#database.query(waiting).get(remote, resource, seq) === null;
  }

  /** Notes that the remote has these rows. Cost: theirs, and once that of the rows they leave behind. */
  acknowledge(remote: number, resource: RowResource, rows: readonly number[]): void {
    const mark = this.mark(remote, resource);
    const beyond = new Set(rows.filter((seq) => seq > mark));
    const arrived = this.#database.query(
      "DELETE FROM waiting WHERE remote = ? AND resource = ? AND seq = ?",
    );
    for (const seq of rows) if (seq <= mark) arrived.run(remote, resource, seq);
    if (beyond.size === 0) return;
    let last = mark;
    for (const seq of beyond) last = Math.max(last, seq);
    const passed = this.#database
      .query(`SELECT seq FROM ${resource} WHERE seq > ? AND seq < ? AND h IS NOT NULL`)
      .all(mark, last) as { seq: number }[];
    const wait = this.#database.query("INSERT OR IGNORE INTO waiting VALUES (?, ?, ?)");
    for (const { seq } of passed) if (!beyond.has(seq)) wait.run(remote, resource, seq);
    this.#database
      .query("INSERT OR REPLACE INTO mark VALUES (?, ?, ?)")
      .run(remote, resource, last);
  }

  cursor(remote: number, resource: Resource): string | null {
    const row = this.#database
      .query("SELECT value FROM cursor WHERE remote = ? AND resource = ?")
      .get(remote, resource);
    return (row as { value: string } | null)?.value ?? null;
  }

  setCursor(remote: number, resource: Resource, value: string): void {
    this.#database
      .query("INSERT OR REPLACE INTO cursor VALUES (?, ?, ?)")
      .run(remote, resource, value);
  }

  hasBlob(remote: number, blob: string): boolean {
    const query = this.#database.query("SELECT 1 FROM blob WHERE remote = ? AND id = ?");
    return query.get(remote, blob) !== null;
  }

  addBlob(remote: number, blob: string): void {
    this.#database.query("INSERT OR IGNORE INTO blob VALUES (?, ?)").run(remote, blob);
  }

  removeBlob(remote: number, blob: string): void {
    this.#database.query("DELETE FROM blob WHERE remote = ? AND id = ?").run(remote, blob);
  }

  /** The snapshot that the remote's pointer names; null where it is only known to have one. */
  pointer(remote: number, conversation: string): string | null | undefined {
    const query = this.#database.query("SELECT blob FROM pointer WHERE remote = ? AND id = ?");
    return (query.get(remote, conversation) as { blob: string | null } | null)?.blob;
  }

  setPointer(remote: number, conversation: string, blob: string | null): void {
    this.#database
      .query("INSERT OR REPLACE INTO pointer VALUES (?, ?, ?)")
      .run(remote, conversation, blob);
  }

  hasStrays(): boolean {
    return this.#database.query("SELECT 1 FROM stray LIMIT 1").get() !== null;
  }

  /** A row has come that a manifest named before it was here. */
  adopt(resource: RowResource, row: FiledRow): void {
    const key = indexedRow(resource, row.value)?.key;
    const place = key === undefined ? undefined : this.#index.rows.find(resource, key);
    if (key === undefined || place === undefined) return;
    const found = this.#database
      .query("DELETE FROM stray WHERE resource = ? AND key = ? RETURNING remote")
      .all(resource, key) as { remote: number }[];
    for (const { remote } of found) this.acknowledge(remote, resource, [place.seq]);
  }
}
