import type { Database } from "bun:sqlite";
import { claimKeys, editedPaths, hashKey, lineHashes } from "./indexed-row.ts";
import { Lot } from "./lot.ts";

type Value = Readonly<Record<string, unknown>>;

/** What commits and blame ask of the rows of traces and ledgers, which are named by their numbers. */
export class IndexFacts {
  readonly #database: Database;
  readonly #touches: Lot;
  readonly #lines: Lot;
  readonly #claims: Lot;
  readonly #paths = new Map<string, number>();

  constructor(database: Database) {
    this.#database = database;
    this.#touches = new Lot(database, "touch", 3);
    this.#lines = new Lot(database, "line", 2);
    this.#claims = new Lot(database, "claim", 2);
  }

  /** The number of a path, entered where it is not there yet. */
  #path(text: string): number {
    let number = this.#paths.get(text);
    if (number === undefined) {
      this.#database.query("INSERT OR IGNORE INTO path (text) VALUES (?)").run(text);
      const found = this.#database.query("SELECT number FROM path WHERE text = ?").get(text);
      number = (found as { number: number }).number;
      this.#paths.set(text, number);
    }
    return number;
  }

  /** Which files a trace edits, and when. */
  addPaths(seq: number, trace: Value): void {
    const { timestamp } = trace;
    const time = typeof timestamp === "string" ? Date.parse(timestamp) : Number.NaN;
    for (const path of editedPaths(trace)) {
      // A trace without a readable time is of all times: it is never left out.
      const at = Number.isNaN(time) ? Number.MAX_SAFE_INTEGER : time;
      this.#touches.add(this.#path(path), at, seq);
    }
  }

  /** Which lines a trace wrote. */
  addLines(seq: number, trace: Value): void {
    for (const hash of lineHashes(trace)) this.#lines.add(hashKey(hash), seq);
  }

  /** Which files and lines a ledger claims. */
  addClaims(seq: number, ledger: Value): void {
    for (const key of claimKeys(ledger)) this.#claims.add(hashKey(key), seq);
  }

  settle(): void {
    this.#touches.settle();
    this.#lines.settle();
    this.#claims.settle();
  }
}
