import { AppError } from "../../errors.ts";
import type { Candidate, Merged, ReceivedRow } from "../../schema/exchange.ts";
import type { ConversationId } from "../../schema/ids.ts";
import type { Resource, RowResource } from "../../schema/resource.ts";
import type { RowPlace } from "../index/rows.ts";
import { indexedRow, withoutLocalMetadata } from "../index/indexed-row.ts";
import { isObject } from "../files/json-file.ts";
import { isNumberNamedBySent } from "./transcripts.ts";
import type { CandidateRow } from "./manifest.ts";
import { mergeRows, planMerge } from "./row-merge.ts";
import { SyncSession } from "./session.ts";

/** A candidate that knows its place, so that its text is found without another look into the index. */
interface PlacedCandidate extends Candidate {
  readonly place: RowPlace;
}

/** The rows of an exchange: what is to be sent, and what was received. */
export class SyncRows extends SyncSession {
  /** In a dry run: keys of rows that would have been merged. */
  readonly #merged = new Map<RowResource, Set<string>>();

  candidates(resource: RowResource, which: "unsent" | "all"): Candidate[] {
    this.index.catchUp([resource]);
    const remote = this.remote;
    const places =
      which === "unsent" ? this.manifest.unsent(remote, resource) : this.manifest.all(resource);
    const conversations = new Map<string, ConversationId[]>();
    return places.map((place): PlacedCandidate => {
      let ids = conversations.get(place.conversations);
      if (ids === undefined) {
        ids = this.index.rows.conversationIds(place.conversations) as ConversationId[];
        conversations.set(place.conversations, ids);
      }
      return {
        key: place.key,
        digest: place.digest,
        time: place.time,
        bytes: place.bytes,
        named: this.#isNamed(resource, place, remote),
        conversationIds: ids,
        place,
      };
    });
  }

  #isNamed(resource: RowResource, { named, conversations }: CandidateRow, remote: number): boolean {
    if (resource !== "summaries") return named === 1;
    return isNumberNamedBySent(this.index, remote, Number(conversations));
  }

  count(resource: RowResource): number {
    return this.index.rows.counter(resource);
  }

  texts(resource: RowResource, candidates: readonly Candidate[]): string[] {
    const places = candidates.map((candidate) => {
      const { place } = candidate as Partial<PlacedCandidate>;
      return place ?? this.index.rows.find(resource, candidate.key);
    });
    const found = places.filter((place) => place !== undefined);
    let texts = this.index.texts(resource, found);
    const isTheirs = (text: string, at: number): boolean =>
      holdsKey(resource, text, found[at]?.key ?? "");
    if (!texts.every(isTheirs)) {
      // The file was replaced since the rows were listed: they stand elsewhere now.
      this.index.catchUp([resource]);
      found.forEach(
        ({ key }, at) => (found[at] = this.index.rows.find(resource, key) ?? missing()),
      );
      texts = this.index.texts(resource, found);
      if (!texts.every(isTheirs)) missing();
    }
    return texts.map((text, at) => {
      const place = found[at];
      return place !== undefined && place.bytes !== place.length
        ? withoutLocalMetadata(text)
        : text;
    });
  }

  acknowledge(resource: RowResource, rows: readonly Pick<Candidate, "key" | "digest">[]): void {
    if (this.options.dryRun || rows.length === 0) return;
    this.change(() => {
      const sent: number[] = [];
      const standing = this.#standing(resource, rows);
      for (const row of rows) {
        const { key, digest } = row;
        const seq = (row as Partial<PlacedCandidate>).place?.seq ?? -1;
        const there = standing.get(seq);
        const place = there?.key === key ? { ...there, seq } : this.index.rows.find(resource, key);
        // Another row of the key has come meanwhile: that one is still to be sent.
        if (place?.digest === digest) sent.push(place.seq);
      }
      this.manifest.acknowledge(this.remote, resource, sent);
    });
  }

  /**
   * What stands now where these rows stood when they were planned, where they stand close together: one scan costs a
   * tenth of as many look-ups. Another process may have numbered the rows anew, so places are never taken on trust.
   */
  #standing(
    resource: RowResource,
    rows: readonly object[],
  ): Map<number, { key: string; digest: string }> {
    const numbers = rows.flatMap((row) => (row as Partial<PlacedCandidate>).place?.seq ?? []);
    const [first = 0, last = 0] = [numbers[0], numbers.at(-1)];
    if (numbers.length < rows.length || last - first > 4 * rows.length) return new Map();
    return this.index.rows.between(resource, first, last);
  }

  cursor(resource: Resource): string | null {
    return this.manifest.cursor(this.remote, resource);
  }

  advance(resource: Resource, cursor: string): void {
    if (this.options.dryRun) return;
    this.transaction.gather(() => this.manifest.setCursor(this.remote, resource, cursor));
  }

  merge(resource: RowResource, rows: readonly ReceivedRow[]): Merged {
    if (this.options.dryRun) return this.#countMerge(resource, rows);
    if (rows.length === 0) return { merged: 0, skipped: 0 };
    return this.transaction.gather(() => {
      const merged = mergeRows(this.target, resource, rows);
      if (merged.merged > 0) this.transaction.appended.add(resource);
      return merged;
    });
  }

  #countMerge(resource: RowResource, rows: readonly ReceivedRow[]): Merged {
    const seen = this.#merged.get(resource) ?? new Set<string>();
    this.#merged.set(resource, seen);
    const { fresh } = planMerge(this.target, resource, rows);
    const merged = fresh.filter(({ key }) => !seen.has(key));
    for (const { key } of merged) seen.add(key);
    return { merged: merged.length, skipped: rows.length - merged.length };
  }
}

/** Whether a text is the row of a key. Looking for the key as it is mostly written costs a tenth of parsing. */
function holdsKey(resource: RowResource, text: string, key: string): boolean {
  if (resource !== "summaries" && text.startsWith("{") && text.includes(`"${key}"`)) return true;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) && indexedRow(resource, value)?.key === key;
  } catch {
    return false;
  }
}

function missing(): never {
  throw new AppError("failed", "records were changed while they were being sent", {
    hint: "run the command again",
  });
}
