import { isObject } from "../../schema/is-object.ts";
import type { CommitLink } from "../../schema/commit-link.ts";
import { type Ledger, readLedger } from "../../schema/ledger.ts";
import { type Trace, readTrace } from "../../schema/trace.ts";
import { useNumbers, type RowPlace } from "./rows.ts";
import { hashKey, lineHashes, pathKey } from "./indexed-row.ts";
import type { Aspect, ProjectIndex } from "./project-index.ts";

/** What commits and blame ask of the records of a project. The cost of a question follows its answer. */
export interface History extends Disposable {
  /** The ledgers of these commits; of a commit that only its link tells of, the ledger inside that. */
  ledgers(commits: readonly string[]): Map<string, Ledger>;
  /** The last commit link of a commit. */
  commitLink(commit: string): CommitLink | undefined;
  /** The traces of these ids, those that there are. */
  traces(ids: readonly string[]): Map<string, Trace>;
  /** Traces that edit one of these files, as they were recorded; `since` is in milliseconds, inclusive. */
  tracesTouching(paths: readonly string[], since?: number): Trace[];
  /** Those of the paths that any trace edits: one lookup for a whole batch of commits. */
  knownPaths(paths: readonly string[]): Set<string>;
  /** Traces that wrote a line of one of these hashes, by hash, as they were recorded; of some files, or of any. */
  tracesByLine(hashes: readonly string[], paths?: readonly string[]): Map<string, Trace[]>;
  /** The newest ledgers that claim lines of these hashes, or lines of these files, the newest first. */
  ledgersClaiming(sought: { hashes: readonly string[]; paths: readonly string[] }): Ledger[];
  /** Ledgers with a segment of this conversation. */
  ledgersOf(conversationId: string): Ledger[];
  /** The agent of a conversation, as one of its traces has it. */
  agentOf(conversationId: string): string | undefined;
  /** Conversations that edited a file of this path. */
  conversationsTouching(path: string): Set<string>;
  /** The newest summary of each of these conversations. */
  summaries(conversationIds: readonly string[]): Map<string, string>;
  /** When that summary was made, as it says. */
  summaryTimes(conversationIds: readonly string[]): Map<string, string>;
}

type Value = Record<string, unknown>;

/** A branch that is rebased again and again leaves a ledger of the same lines each time; the newest ones tell it all. */
const newestOfLine = 20;
const newestOfPath = 5;
const mostLedgers = 200;

/** Traces that are read to look for a line in them; of a file with more edits an index of all lines is made. */
const fewTraces = 1000;

/** The questions to an open index, which is closed with them. */
export function historyOf(index: ProjectIndex): History {
  return new IndexedHistory(index);
}

class IndexedHistory implements History {
  readonly #index: ProjectIndex;

  constructor(index: ProjectIndex) {
    this.#index = index;
  }

  #find(
    resource: "traces" | "ledgers" | "commit_links",
    keys: readonly string[],
  ): Map<string, Value> {
    return this.#index.ask([resource], (index) => {
      const places = [...new Set(keys)]
        .map((key) => index.rows.find(resource, key))
        .filter((place) => place !== undefined);
      const values = index.values(resource, places);
      return new Map(places.map(({ key }, at) => [key, values[at] ?? {}]));
    });
  }

  ledgers(commits: readonly string[]): Map<string, Ledger> {
    const ledgers = new Map<string, Ledger>();
    const take = (commit: string, value: unknown): void => {
      const ledger = readLedger(value);
      if (ledger !== undefined) ledgers.set(commit, ledger);
    };
    for (const [commit, value] of this.#find("ledgers", commits)) take(commit, value);
    const rest = commits.filter((commit) => !ledgers.has(commit));
    for (const [commit, link] of this.#find("commit_links", rest)) take(commit, link["ledger"]);
    return ledgers;
  }

  commitLink(commit: string): CommitLink | undefined {
    return this.#find("commit_links", [commit]).get(commit) as unknown as CommitLink | undefined;
  }

  traces(ids: readonly string[]): Map<string, Trace> {
    const traces = new Map<string, Trace>();
    for (const [id, value] of this.#find("traces", ids)) {
      const trace = readTrace(value);
      if (trace !== undefined) traces.set(id, trace);
    }
    return traces;
  }

  #select(
    aspects: readonly Aspect[],
    sql: string,
    parameters: readonly (string | number)[],
  ): Trace[] {
    return this.#index.ask(aspects, (index) => {
      const places = index.database.query(sql).all(...parameters) as RowPlace[];
      return index.values("traces", places).flatMap((value) => readTrace(value) ?? []);
    });
  }

  tracesTouching(paths: readonly string[], since = Number.MIN_SAFE_INTEGER): Trace[] {
    return this.#select(
      ["paths"],
      `SELECT * FROM traces WHERE seq IN (
         SELECT t.seq FROM json_each(?1) j JOIN path p ON p.text = j.value
         JOIN touch t ON t.path = p.number AND t.time >= ?2) ORDER BY seq`,
      [JSON.stringify(paths), since],
    );
  }

  knownPaths(paths: readonly string[]): Set<string> {
    return this.#index.ask(["paths", "claims"], ({ database }) => {
      const known = database
        .query("SELECT p.text AS text FROM json_each(?1) j JOIN path p ON p.text = j.value")
        .all(JSON.stringify(paths)) as { readonly text: string }[];
      const claimed = database
        .query(`SELECT DISTINCT j.key AS place FROM json_each(?1) j JOIN claim c ON c.h = j.value`)
        .all(JSON.stringify(paths.map((path) => hashKey(pathKey(path))))) as { place: number }[];
      return new Set([
        ...known.map(({ text }) => text),
        ...claimed.flatMap(({ place }) => paths[place] ?? []),
      ]);
    });
  }

  ledgersClaiming({
    hashes,
    paths,
  }: {
    hashes: readonly string[];
    paths: readonly string[];
  }): Ledger[] {
    return this.#index.ask(["ledgers", "claims"], (index) => {
      const newest = index.database.query(
        `SELECT r.* FROM claim c JOIN ledgers r ON r.seq = c.seq
           WHERE c.h = ?1 AND r.h IS NOT NULL ORDER BY c.seq DESC LIMIT ?2`,
      );
      const hits = new Map<number, { readonly place: RowPlace; times: number }>();
      const look = (key: string, limit: number): void => {
        for (const place of newest.all(hashKey(key), limit) as RowPlace[]) {
          const known = hits.get(place.seq);
          if (known === undefined) hits.set(place.seq, { place, times: 1 });
          else known.times++;
        }
      };
      for (const hash of hashes) look(hash, newestOfLine);
      for (const path of paths) look(pathKey(path), newestOfPath);
      const places = [...hits.values()]
        .sort((one, other) => other.times - one.times || other.place.seq - one.place.seq)
        .slice(0, mostLedgers)
        .map(({ place }) => place)
        .sort((one, other) => other.seq - one.seq);
      return index.values("ledgers", places).flatMap((value) => readLedger(value) ?? []);
    });
  }

  /** The traces that edit one of these files, where they are so few that reading them costs less than an index. */
  #fewTouching(paths: readonly string[]): Trace[] | undefined {
    if (paths.length === 0) return undefined;
    const touching = `SELECT DISTINCT t.seq FROM json_each(?1) j JOIN path p ON p.text = j.value
         JOIN touch t ON t.path = p.number`;
    const few = this.#index.ask(["paths"], ({ database }) =>
      database
        .query(`SELECT count(*) AS count FROM (${touching} LIMIT ?2)`)
        .get(JSON.stringify(paths), fewTraces),
    ) as { readonly count: number };
    if (few.count >= fewTraces) return undefined;
    return this.#select(["paths"], `SELECT * FROM traces WHERE seq IN (${touching}) ORDER BY seq`, [
      JSON.stringify(paths),
    ]);
  }

  #wroteLines(hashes: readonly string[], paths: readonly string[] | undefined): Trace[] {
    const touching = `AND seq IN (
      SELECT t.seq FROM json_each(?2) k JOIN path p ON p.text = k.value JOIN touch t ON t.path = p.number)`;
    return this.#select(
      paths === undefined ? ["lines"] : ["lines", "paths"],
      `SELECT * FROM traces WHERE seq IN (
         SELECT l.seq FROM json_each(?1) j JOIN line l ON l.h = j.value)
         ${paths === undefined ? "" : touching} ORDER BY seq`,
      [
        JSON.stringify(hashes.map(hashKey)),
        ...(paths === undefined ? [] : [JSON.stringify(paths)]),
      ],
    );
  }

  tracesByLine(hashes: readonly string[], paths?: readonly string[]): Map<string, Trace[]> {
    const found = this.#fewTouching(paths ?? []) ?? this.#wroteLines(hashes, paths);
    const traces = new Map<string, Trace[]>(hashes.map((hash) => [hash, []]));
    for (const trace of found) {
      for (const hash of lineHashes(trace as unknown as Value)) traces.get(hash)?.push(trace);
    }
    return traces;
  }

  ledgersOf(conversationId: string): Ledger[] {
    return this.#index.ask(["ledgers"], (index) => {
      const places = index.database
        .query(
          `SELECT r.* FROM conversation c JOIN use u ON u.conversation = c.number AND u.resource = ?2
             JOIN ledgers r ON r.seq = u.seq WHERE c.id = ?1 AND r.h IS NOT NULL ORDER BY r.seq`,
        )
        .all(conversationId, useNumbers.ledgers) as RowPlace[];
      return index.values("ledgers", places).flatMap((value) => readLedger(value) ?? []);
    });
  }

  agentOf(conversationId: string): string | undefined {
    const [trace] = this.#select(
      ["traces"],
      `SELECT * FROM traces WHERE seq = (SELECT u.seq FROM conversation c JOIN use u
         ON u.conversation = c.number AND u.resource = ${useNumbers.traces} WHERE c.id = ?1 LIMIT 1)`,
      [conversationId],
    );
    return trace?.tool?.name;
  }

  conversationsTouching(path: string): Set<string> {
    return this.#index.ask(["traces", "paths"], ({ database, rows }) => {
      const touching = database
        .query(
          `SELECT DISTINCT r.conversations AS numbers FROM path p JOIN touch t ON t.path = p.number
             JOIN traces r ON r.seq = t.seq WHERE p.text = ?1`,
        )
        .all(path) as { readonly numbers: string }[];
      return new Set(touching.flatMap(({ numbers }) => rows.conversationIds(numbers)));
    });
  }

  summaries(conversationIds: readonly string[]): Map<string, string> {
    return new Map([...this.#newest(conversationIds)].map(([id, { summary }]) => [id, summary]));
  }

  summaryTimes(conversationIds: readonly string[]): Map<string, string> {
    return new Map([...this.#newest(conversationIds)].map(([id, { time }]) => [id, time]));
  }

  #newest(
    conversationIds: readonly string[],
  ): Map<string, { readonly time: string; readonly summary: string }> {
    return this.#index.ask(["summaries"], (index) => {
      const places = index.database
        .query(
          `SELECT r.* FROM json_each(?1) j JOIN conversation c ON c.id = j.value
             JOIN use u ON u.conversation = c.number AND u.resource = ?2
             JOIN summaries r ON r.seq = u.seq WHERE r.h IS NOT NULL ORDER BY r.seq`,
        )
        .all(JSON.stringify(conversationIds), useNumbers.summaries) as RowPlace[];
      const newest = new Map<string, { readonly time: string; readonly summary: string }>();
      for (const text of index.texts("summaries", places)) {
        const value: unknown = JSON.parse(text);
        if (!isObject(value) || typeof value["summary"] !== "string") continue;
        const { conversation_id: id, created_at: time, summary } = value;
        if (typeof id !== "string" || typeof time !== "string") continue;
        if (time >= (newest.get(id)?.time ?? "")) newest.set(id, { time, summary });
      }
      return newest;
    });
  }

  [Symbol.dispose](): void {
    this.#index[Symbol.dispose]();
  }
}
