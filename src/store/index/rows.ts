import type { Database, Statement } from "bun:sqlite";
import { IndexFacts } from "./facts.ts";
import { Lot } from "./lot.ts";
import type { RowResource } from "../../schema/resource.ts";
import {
  hasLocalMetadata,
  hashKey,
  indexedRow,
  isEditTrace,
  namedTraces,
  withoutLocalMetadata,
} from "./indexed-row.ts";

/** A record as it stands in its file. */
export interface FiledRow {
  readonly offset: number;
  /** In bytes, without the terminator and what else stands around the record. */
  readonly length: number;
  readonly text: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** Where a row of the index is found again. */
export interface RowPlace {
  readonly seq: number;
  readonly key: string;
  readonly offset: number;
  readonly length: number;
  readonly bytes: number;
  readonly edit: number;
  readonly time: string | null;
  readonly digest: string;
  readonly conversations: string;
}

export const useNumbers = { traces: 0, ledgers: 1, commit_links: 2, summaries: 3 } as const;

/** The statements for the rows of one resource. */
interface RowStatements {
  readonly find: Statement;
  readonly insert: Statement;
  readonly retire: Statement;
}

/** So many hashes of named traces are held in memory. */
const mostNaming = 100_000;

/** Enters rows into the index and finds them by key. Statements are prepared once for all rows. */
export class IndexRows {
  readonly #database: Database;
  readonly #rowStatements = new Map<RowResource, RowStatements>();
  readonly #statements = new Map<string, Statement>();
  readonly #conversations = new Map<string, number>();
  readonly #counts = new Map<string, number>();
  /** Which rows name which conversations: conversation, resource and row. */
  readonly #uses: Lot;
  /** Hashes of traces that ledgers of this transaction name, before they are entered. */
  readonly #naming = new Set<number>();
  /** The first trace of this transaction that may be in no ledger. */
  #uncounted: number | undefined;

  readonly facts: IndexFacts;

  constructor(database: Database) {
    this.#database = database;
    this.#uses = new Lot(database, "use", 3);
    this.facts = new IndexFacts(database);
  }

  #prepare(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #of(resource: RowResource): RowStatements {
    let statements = this.#rowStatements.get(resource);
    if (statements === undefined) {
      statements = {
        find: this.#database.prepare(`SELECT * FROM ${resource} WHERE h = ?`),
        insert: this.#database.prepare(
          `INSERT OR IGNORE INTO ${resource}
             (h, key, offset, length, bytes, edit, time, digest, conversations)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ),
        retire: this.#database.prepare(`UPDATE ${resource} SET h = NULL WHERE seq = ?`),
      };
      this.#rowStatements.set(resource, statements);
    }
    return statements;
  }

  /** The row that counts for a key: of ledgers and commit links the last, of others the first. */
  find(resource: RowResource, key: string): RowPlace | undefined {
    const { find } = this.#of(resource);
    // Two keys of one hash stand at neighbouring numbers.
    for (let h = hashKey(key); ; h++) {
      const row = find.get(h) as RowPlace | null;
      if (row === null) return undefined;
      if (row.key === key) return row;
    }
  }

  /** The rows that count from one number to another, by number. */
  between(
    resource: RowResource,
    first: number,
    last: number,
  ): Map<number, { key: string; digest: string }> {
    const range = `SELECT seq, key, digest FROM ${resource} WHERE seq BETWEEN ? AND ? AND h IS NOT NULL`;
    const rows = this.#prepare(range).values(first, last) as [number, string, string][];
    return new Map(rows.map(([seq, key, digest]) => [seq, { key, digest }]));
  }

  /** Enters a row and gives its number; `known` where a row of its key is there that counts already. */
  add(resource: RowResource, row: FiledRow): number | "known" | "no key" {
    const indexed = indexedRow(resource, row.value);
    if (indexed === undefined) return "no key";
    const { key, time } = indexed;
    const replaces = resource === "ledgers" || resource === "commit_links";
    if (replaces) this.#retire(resource, key);
    const bytes = hasLocalMetadata(resource, row.value)
      ? Buffer.byteLength(withoutLocalMetadata(row.text))
      : row.length;
    const digest = replaces ? String(hashKey(row.text)) : "";
    const conversations = indexed.conversations.map((id) => this.conversation(id));
    const edit = resource !== "traces" || isEditTrace(row.value);
    const { offset, length } = row;
    const used = conversations.join(" ");
    const { insert } = this.#of(resource);
    let seq: number;
    for (let h = hashKey(key); ; h++) {
      const done = insert.run(h, key, offset, length, bytes, edit ? 1 : 0, time, digest, used);
      seq = Number(done.lastInsertRowid);
      if (done.changes > 0) break;
      if (this.find(resource, key) !== undefined) return "known";
    }
    for (const number of conversations) this.#uses.add(number, useNumbers[resource], seq);
    this.#count(resource, 1);
    if (!edit) this.#count("events", 1);
    if (resource === "traces") this.#uncounted ??= seq;
    return seq;
  }

  /** Another row of the same key follows: this one counts no longer. */
  #retire(resource: RowResource, key: string): void {
    const before = this.find(resource, key);
    if (before === undefined) return;
    this.#of(resource).retire.run(before.seq);
    this.#count(resource, -1);
  }

  /** Enters which traces a ledger names. */
  name(ledger: FiledRow["value"]): void {
    for (const id of namedTraces(ledger)) this.#naming.add(hashKey(id));
    if (this.#naming.size >= mostNaming) this.#settleNames();
  }

  /** Enters what ledgers name, all at once and in order: one by one that costs several times as much. */
  #settleNames(): void {
    if (this.#naming.size === 0) return;
    this.#settleTraces();
    const hashes = JSON.stringify([...this.#naming].sort((one, other) => one - other));
    this.#naming.clear();
    const attributed = this.#prepare(
      `SELECT count(*) AS count FROM json_each(?) j CROSS JOIN traces t ON t.h = j.value
         WHERE NOT EXISTS (SELECT 1 FROM named n WHERE n.h = j.value)`,
    ).get(hashes) as { count: number };
    this.#prepare("INSERT OR IGNORE INTO named SELECT value FROM json_each(?)").run(hashes);
    this.#count("unattributed", -attributed.count);
  }

  /** Counts the new traces that no ledger names, all at once: asked for one by one that costs several times as much. */
  #settleTraces(): void {
    if (this.#uncounted === undefined) return;
    const lacking = this.#prepare(
      `SELECT count(*) AS count FROM traces t WHERE t.seq >= ?
         AND NOT EXISTS (SELECT 1 FROM named n WHERE n.h = t.h)`,
    ).get(this.#uncounted) as { count: number };
    this.#uncounted = undefined;
    this.#count("unattributed", lacking.count);
  }

  #count(name: string, change: number): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + change);
  }

  /** Writes what was gathered and counted; before each commit, and before the tables themselves are asked. */
  settle(): void {
    this.#uses.settle();
    this.facts.settle();
    this.#settleNames();
    this.#settleTraces();
    const add = "INSERT INTO counter VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = value + ?2";
    for (const [name, change] of this.#counts) this.#prepare(add).run(name, change);
    this.#counts.clear();
  }

  counter(name: "events" | "unattributed" | RowResource): number {
    const row = this.#prepare("SELECT value FROM counter WHERE name = ?").get(name);
    return ((row as { value: number } | null)?.value ?? 0) + (this.#counts.get(name) ?? 0);
  }

  /** The number under which a conversation stands in the index. */
  conversation(id: string): number {
    let number = this.#conversations.get(id);
    if (number !== undefined) return number;
    this.#prepare("INSERT OR IGNORE INTO conversation (id) VALUES (?)").run(id);
    const row = this.#prepare("SELECT number FROM conversation WHERE id = ?").get(id);
    number = (row as { number: number }).number;
    this.#conversations.set(id, number);
    return number;
  }

  /** The ids behind the numbers that a row holds. */
  conversationIds(numbers: string): string[] {
    if (numbers === "") return [];
    const select = this.#prepare("SELECT id FROM conversation WHERE number = ?");
    return numbers.split(" ").map((number) => (select.get(Number(number)) as { id: string }).id);
  }
}
