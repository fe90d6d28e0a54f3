import type { Database } from "bun:sqlite";
import { type RowResource, rowResources } from "../../schema/resource.ts";
import { FileReader, FileReplaced } from "./file-reader.ts";
import { type FilePlace, hashPlaces, readPlaces } from "./read-places.ts";
import {
  DamagedIndex,
  closeDatabase,
  isDamage,
  openIndexDatabase,
  openMemoryIndex,
  patienceOfHooks,
  removeIndex,
  transact,
} from "./database.ts";
import { type FiledRow, IndexRows, type RowPlace } from "./rows.ts";
import { recordKey } from "../../schema/record-key.ts";
import { isObject } from "../../schema/is-object.ts";
import type { ProjectPaths } from "../files/paths.ts";

/**
 * What can be brought up to date: the rows of a file, which traces ledgers name, or what commits and blame ask of traces
 * and ledgers.
 */
export type Aspect = RowResource | "named" | "paths" | "lines" | "claims";

/** The file that an aspect is read from. */
function resourceOf(aspect: Aspect): RowResource {
  if (aspect === "paths" || aspect === "lines") return "traces";
  return aspect === "claims" || aspect === "named" ? "ledgers" : aspect;
}

export function rowFile(project: ProjectPaths, resource: RowResource): string {
  const files = {
    traces: project.traces,
    ledgers: project.ledgers,
    commit_links: project.commitLinks,
    summaries: project.summaries,
  };
  return files[resource];
}

/**
 * Someone who keeps facts about rows in the same database, by their numbers. When all rows get other numbers it is
 * asked before for all that it holds, in a form without numbers, and is given that back.
 */
export interface IndexGuest<State = unknown> {
  carry(): State;
  restore(state: State): void;
  /** Told of each new row, as long as it gives a listener: asked once for each file that is read. */
  listener?(): ((resource: RowResource, row: FiledRow) => void) | undefined;
}

/** How a guest comes in: the tables that it needs, and what it does once the index is open. */
export interface GuestRoom {
  /** SQL that makes its tables. */
  readonly tables: string;
  settle(index: ProjectIndex): IndexGuest;
}

export interface IndexOptions {
  /** Milliseconds for which another process is waited for. */
  readonly patience?: number | undefined;
  readonly guest: GuestRoom;
}

/**
 * `index.db` of one project, opened: where each id stands in the files. It follows the files: each question first reads
 * what they have gained. Deleting it costs reading them once more.
 */
export class ProjectIndex implements Disposable {
  readonly project: ProjectPaths;
  readonly #patience: number;
  readonly #room: GuestRoom;
  readonly #guest: IndexGuest;
  #database: Database;
  #rows: IndexRows;
  #readers = new Map<Aspect, FileReader>();
  #numbering = 0;

  constructor(project: ProjectPaths, { patience = patienceOfHooks, guest }: IndexOptions) {
    this.project = project;
    this.#patience = patience;
    this.#database = openIndexDatabase(project, { patience, tables: guest.tables });
    this.#rows = new IndexRows(this.#database);
    this.#room = guest;
    this.#guest = guest.settle(this);
  }

  get database(): Database {
    return this.#database;
  }

  /** Another one where rows have got other numbers since. */
  get numbering(): number {
    return this.#numbering;
  }

  get rows(): IndexRows {
    return this.#rows;
  }

  /** Asks something of the index with these aspects up to date; of a damaged or locked one, of one made anew. */
  ask<T>(aspects: readonly Aspect[], question: (index: ProjectIndex) => T): T {
    try {
      this.catchUp(aspects);
      return question(this);
    } catch (error) {
      if (isDamage(error)) this.#replace(true);
      else if (isBusy(error)) this.#replace(false);
      else throw error;
      this.catchUp(aspects);
      return question(this);
    }
  }

  /** Writes in a transaction, the one that is open or one of its own. */
  write(run: () => void): void {
    try {
      transact(this.#database, () => {
        run();
        this.#rows.settle();
      });
    } catch (error) {
      // What it remembers of numbers and counts may not be in the index any more.
      this.#rows = new IndexRows(this.#database);
      throw error;
    }
  }

  begin(): void {
    this.#database.run("BEGIN IMMEDIATE");
  }

  commit(): void {
    this.#rows.settle();
    this.#database.run("COMMIT");
  }

  rollback(): void {
    if (this.#database.inTransaction) this.#database.run("ROLLBACK");
    this.#rows = new IndexRows(this.#database);
  }

  #take(database: Database): void {
    this.#numbering++;
    this.#database = database;
    this.#rows = new IndexRows(database);
    this.#readers.clear();
  }

  #replace(damaged: boolean): void {
    closeDatabase(this.#database);
    if (damaged) removeIndex(this.project);
    const { tables } = this.#room;
    const options = { patience: this.#patience, tables };
    this.#take(damaged ? openIndexDatabase(this.project, options) : openMemoryIndex(tables));
  }

  reader(aspect: Aspect): FileReader {
    let reader = this.#readers.get(aspect);
    if (reader === undefined) {
      reader = new FileReader(this.#database, aspect, rowFile(this.project, resourceOf(aspect)));
      this.#readers.set(aspect, reader);
    }
    return reader;
  }

  /** Reads what the files have gained; one `stat` a file where that is nothing. */
  catchUp(aspects: readonly Aspect[]): void {
    // What is kept of a trace's paths and lines, or of a ledger's claims, refers to its row.
    const needed = new Set(aspects.flatMap((aspect) => [resourceOf(aspect), aspect]));
    const behind = [...needed].filter((aspect) => this.reader(aspect).isBehind());
    if (behind.length === 0) return;
    this.write(() => {
      try {
        for (const aspect of behind) this.#consume(aspect);
      } catch (error) {
        if (!(error instanceof FileReplaced)) throw error;
        this.#startOver([...needed]);
      }
    });
  }

  /** As `catchUp` for one resource, but reads only so many rows at most; false where some are left. */
  readSome(resource: RowResource, most: number): boolean {
    if (!this.reader(resource).isBehind()) return true;
    let isWhole = true;
    this.write(() => {
      try {
        isWhole = this.#consume(resource, most);
      } catch (error) {
        if (!(error instanceof FileReplaced)) throw error;
        this.#startOver([resource]);
      }
    });
    return isWhole;
  }

  /** False where rows are left that were not read. */
  #consume(aspect: Aspect, most?: number): boolean {
    const reader = this.reader(aspect);
    if (aspect === "named") return reader.consume(({ value }) => this.#rows.name(value), most);
    if (aspect === "paths" || aspect === "lines" || aspect === "claims") {
      return reader.consume((row) => {
        const seq = this.#numberOf(resourceOf(aspect), row);
        if (seq !== undefined) this.#addFacts(aspect, seq, row.value);
      }, most);
    }
    const arrived = this.#guest.listener?.();
    return reader.consume((row) => {
      const seq = this.#rows.add(aspect, row);
      if (typeof seq === "number") arrived?.(aspect, row);
    }, most);
  }

  #addFacts(aspect: "paths" | "lines" | "claims", seq: number, value: FiledRow["value"]): void {
    const { facts } = this.#rows;
    if (aspect === "paths") facts.addPaths(seq, value);
    else if (aspect === "lines") facts.addLines(seq, value);
    else facts.addClaims(seq, value);
  }

  /** A file was replaced: all rows are read again, and the guest's facts are carried over. */
  #startOver(aspects: readonly Aspect[]): void {
    const facts = this.#guest.carry();
    this.#numbering++;
    const tables = [...rowResources, "reader", "counter", "named", "use", "touch", "line", "claim"];
    for (const table of tables) this.#database.run(`DELETE FROM ${table}`);
    this.#rows = new IndexRows(this.#database);
    for (const aspect of new Set<Aspect>([...rowResources, ...aspects])) this.#consume(aspect);
    this.#guest.restore(facts);
  }

  /** The number of the row that was just read, unless another one counts for its key. */
  #numberOf(resource: RowResource, row: FiledRow): number | undefined {
    const key = recordKey(resource, row.value);
    const found = key === undefined ? undefined : this.#rows.find(resource, key);
    return found?.offset === row.offset ? found.seq : undefined;
  }

  /** The texts of rows, as they stand in their file; `key` tells whether it is still what the index says. */
  texts(resource: RowResource, places: readonly RowPlace[]): string[] {
    return readPlaces(rowFile(this.project, resource), places);
  }

  /** The hex SHA-256 of rows, as they stand in their file; undefined where the key of a row does not stand there. */
  hashes(resource: RowResource, places: readonly FilePlace[]): (string | undefined)[] {
    return hashPlaces(rowFile(this.project, resource), places);
  }

  /** The values of rows. An index that points beside its rows is found out here, and made anew. */
  values(resource: RowResource, places: readonly RowPlace[]): Record<string, unknown>[] {
    return this.texts(resource, places).map((text, at) => {
      const value = parseRow(text);
      const key = places[at]?.key;
      if (value === undefined || ![value["id"], value["commit_sha"]].includes(key)) {
        throw new DamagedIndex();
      }
      return value;
    });
  }

  [Symbol.dispose](): void {
    closeDatabase(this.#database);
  }
}

function parseRow(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isBusy(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return /^SQLITE_(?:BUSY|LOCKED|READONLY|IOERR|FULL|CANTOPEN|PERM)/.test(code);
}
