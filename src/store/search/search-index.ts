/** `search.db`: the words of all kept conversations. Derived from them; deleting it costs reading them once more. */
import { Database, type Statement } from "bun:sqlite";
import type { ProjectPaths } from "../files/paths.ts";
import {
  closeDatabase,
  isDamage,
  openDatabaseFile,
  patienceOfExchanges,
  removeDatabaseFile,
  transact,
} from "../index/database.ts";
import { searchSchema, searchVersion } from "./schema.ts";
import { spaced } from "./word-query.ts";

/** Something that was said. `time` is in milliseconds since 1970. */
export interface Said {
  readonly speaker: string;
  readonly text: string;
  readonly time: number;
}

/** How far a transcript has been read, and what tells that it only grew since. */
export interface ReadState {
  readonly form: string | null;
  /** So many turns of it are in the index. */
  readonly turns: number;
  readonly path: string;
  readonly inode: number;
  readonly size: number;
  readonly modified: number;
  readonly consumed: number;
  readonly tail: Uint8Array;
}

export interface IndexedTranscript extends ReadState {
  readonly number: number;
  readonly id: string;
  readonly agent: string;
}

/** What reading on in one transcript brought. */
export interface Gain {
  readonly id: string;
  readonly agent: string;
  /** What the index had when the reading began; where it has another state by now, another process was faster. */
  readonly before: IndexedTranscript | undefined;
  /** What was read before is worth nothing. */
  readonly isAnew: boolean;
  readonly said: readonly Said[];
  readonly after: ReadState;
}

const perMillisecond = 1024;
/** In the year 2223: what lies behind it would have a number that is not exact any more. */
const latest = 8_000_000_000_000;

/** The number of what was said at a time, before its neighbours are looked at. */
export function numberAt(milliseconds: number): number {
  return Math.max(0, Math.min(latest, Math.trunc(milliseconds) || 0)) * perMillisecond;
}

export function timeOf(number: number): number {
  return Math.floor(number / perMillisecond);
}

function openSearchDatabase(project: ProjectPaths): Database {
  const file = {
    path: project.search,
    directory: project.directory,
    patience: patienceOfExchanges,
    version: searchVersion,
    schema: searchSchema,
  };
  try {
    return openDatabaseFile(file);
  } catch (error) {
    if (isDamage(error)) {
      try {
        removeDatabaseFile(project.search);
        return openDatabaseFile(file);
      } catch {
        // As where it cannot be written at all.
      }
    }
    const database = new Database(":memory:");
    database.run(searchSchema);
    return database;
  }
}

export class SearchIndex implements Disposable {
  readonly database: Database;
  readonly #statements = new Map<string, Statement>();

  /** False where it cannot be written, and is gone with this process. */
  readonly isKept: boolean;

  constructor(project: ProjectPaths) {
    this.database = openSearchDatabase(project);
    this.isKept = this.database.filename !== ":memory:";
    // What was purged must not stand in unused pages of the file either.
    this.database.run("PRAGMA secure_delete = ON");
  }

  #prepare(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  transcripts(): Map<string, IndexedTranscript> {
    const rows = this.#prepare("SELECT * FROM transcript").all() as IndexedTranscript[];
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** The numbers of those of the conversations that are in the index. */
  numbersOf(conversations: readonly string[]): number[] {
    const rows = this.#prepare(
      "SELECT t.number FROM json_each(?) j JOIN transcript t ON t.id = j.value",
    ).all(JSON.stringify(conversations));
    return (rows as { number: number }[]).map(({ number }) => number);
  }

  /** Whose conversations there are, in the order of their names. */
  agents(): string[] {
    const rows = this.#prepare("SELECT DISTINCT agent FROM transcript ORDER BY agent").all();
    return (rows as { agent: string }[]).map(({ agent }) => agent);
  }

  /** What was said in a conversation at a place; undefined where there is nothing. */
  saidAt(conversation: string, place: number): Said | undefined {
    const row = this.#prepare(
      `SELECT s.* FROM transcript t JOIN said s ON s.transcript = t.number WHERE t.id = ? AND s.place = ?`,
    ).get(conversation, place) as { number: number; speaker: string; text: string } | null;
    if (row === null) return undefined;
    return { speaker: row.speaker, text: row.text, time: timeOf(row.number) };
  }

  /** Enters what was read, and how far that was, in one transaction. */
  add(gains: readonly Gain[]): void {
    if (gains.length === 0) return;
    transact(this.database, () => {
      const rows: {
        number: number;
        transcript: number;
        place: number;
        said: Said;
        marks: string;
      }[] = [];
      for (const gain of gains) {
        const number = this.#enter(gain);
        if (number === undefined) continue;
        const marks = marksOf(number, gain.agent);
        const first = gain.after.turns - gain.said.length;
        for (const [at, said] of gain.said.entries()) {
          const place = first + at;
          rows.push({
            number: numberAt(said.time) + place,
            transcript: number,
            place,
            said,
            marks,
          });
        }
      }
      // The index of words wants numbers that rise; each step back costs it a segment of its own.
      rows.sort((one, other) => one.number - other.number);
      let least = 0;
      for (const row of rows) {
        const number = this.#say({ ...row, number: Math.max(row.number, least) });
        least = number + 1;
      }
    });
  }

  /** Notes how far a transcript was read; its number, or undefined where another process did so meanwhile. */
  #enter({ id, agent, before, isAnew, after }: Gain): number | undefined {
    const now = this.#prepare("SELECT * FROM transcript WHERE id = ?").get(
      id,
    ) as IndexedTranscript | null;
    const isSame = now?.consumed === before?.consumed && now?.path === before?.path;
    if (!isSame) return undefined;
    if (now !== null && isAnew) this.#unsay(now);
    const { form, turns, path, inode, size, modified, consumed, tail } = after;
    const row = this.#prepare(
      `INSERT INTO transcript (id, agent, form, turns, path, inode, size, modified, consumed, tail)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (id) DO UPDATE SET form = ?3, turns = ?4,
         path = ?5, inode = ?6, size = ?7, modified = ?8, consumed = ?9, tail = ?10 RETURNING number`,
    ).get(id, agent, form, turns, path, inode, size, modified, consumed, tail) as {
      number: number;
    };
    return row.number;
  }

  #say(row: {
    number: number;
    transcript: number;
    place: number;
    said: Said;
    marks: string;
  }): number {
    const { transcript, place, said, marks } = row;
    const enter = this.#prepare("INSERT OR IGNORE INTO said VALUES (?, ?, ?, ?, ?)");
    let { number } = row;
    while (enter.run(number, transcript, place, said.speaker, said.text).changes === 0) {
      // The end of the crowd that was said at this time, however large that is.
      const last = this.#prepare(
        "SELECT max(number) AS number FROM said WHERE number BETWEEN ? AND ?",
      ).get(number, number + 1000 * perMillisecond) as { number: number };
      number = last.number + 1;
    }
    this.#prepare("INSERT INTO words (rowid, text, marks) VALUES (?, ?, ?)").run(
      number,
      spaced(said.text),
      marks,
    );
    return number;
  }

  #unsay({ number, agent }: IndexedTranscript): void {
    const rows = this.#prepare(
      "SELECT number, text FROM said WHERE transcript = ? ORDER BY number",
    );
    const forget = this.#prepare(
      "INSERT INTO words (words, rowid, text, marks) VALUES ('delete', ?, ?, ?)",
    );
    const marks = marksOf(number, agent);
    for (const row of rows.all(number) as { number: number; text: string }[]) {
      forget.run(row.number, spaced(row.text), marks);
    }
    this.#prepare("DELETE FROM said WHERE transcript = ?").run(number);
  }

  /** Takes conversations out that are kept no longer. */
  forget(transcripts: readonly IndexedTranscript[]): void {
    if (transcripts.length === 0) return;
    transact(this.database, () => {
      for (const transcript of transcripts) {
        this.#unsay(transcript);
        this.#prepare("DELETE FROM transcript WHERE number = ?").run(transcript.number);
      }
    });
    // Segments keep the words of what was deleted until they are merged.
    this.database.run("INSERT INTO words (words) VALUES ('optimize')");
    this.database.run("PRAGMA wal_checkpoint(TRUNCATE)");
  }

  [Symbol.dispose](): void {
    for (const statement of this.#statements.values()) statement.finalize();
    closeDatabase(this.database);
  }
}

/** Words that no text has: of the conversation, and of its agent. */
function marksOf(transcript: number, agent: string): string {
  return `${markOfTranscript(transcript)} ${markOfAgent(agent)}`;
}

export function markOfTranscript(number: number): string {
  return `t${number}`;
}

export function markOfAgent(agent: string): string {
  return `a${Buffer.from(agent).toString("hex")}`;
}
