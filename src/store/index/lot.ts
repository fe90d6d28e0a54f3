import type { Database, Statement } from "bun:sqlite";

const atOnce = 50;
const most = 20_000;

/**
 * Rows of whole numbers for one table. They are gathered, then entered in order and many at once, which costs a fraction
 * of entering each as it comes. Rows that are there already stay as they are.
 */
export class Lot {
  readonly #database: Database;
  readonly #insert: string;
  readonly #row: string;
  readonly #statements = new Map<number, Statement>();
  #rows: (readonly number[])[] = [];

  constructor(database: Database, table: string, columns: number) {
    this.#database = database;
    this.#insert = `INSERT OR IGNORE INTO ${table} VALUES`;
    this.#row = `(${Array(columns).fill("?").join(", ")})`;
  }

  add(...row: readonly number[]): void {
    this.#rows.push(row);
    if (this.#rows.length >= most) this.settle();
  }

  #enter(count: number): Statement {
    let statement = this.#statements.get(count);
    if (statement === undefined) {
      statement = this.#database.prepare(
        `${this.#insert} ${Array(count).fill(this.#row).join(", ")}`,
      );
      this.#statements.set(count, statement);
    }
    return statement;
  }

  /** Enters what was gathered; before each commit, and before the table is asked. */
  settle(): void {
    const rows = this.#rows.sort(compare);
    this.#rows = [];
    let at = 0;
    for (; at + atOnce <= rows.length; at += atOnce) {
      this.#enter(atOnce).run(...rows.slice(at, at + atOnce).flat());
    }
    for (; at < rows.length; at++) this.#enter(1).run(...(rows[at] ?? []));
  }
}

function compare(one: readonly number[], other: readonly number[]): number {
  for (let at = 0; at < one.length; at++) {
    const difference = (one[at] ?? 0) - (other[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
