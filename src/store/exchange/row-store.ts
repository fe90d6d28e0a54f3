import { isObject } from "../../schema/is-object.ts";
import { AppError } from "../../errors.ts";
import type { RowDigest } from "../../schema/bucket-digests.ts";
import type { Candidate, Merged, ReceivedRow } from "../../schema/exchange.ts";
import type { ConversationId } from "../../schema/ids.ts";
import { sha256Hex } from "../../schema/digest.ts";
import type { RowResource } from "../../schema/resource.ts";
import type { RowPlace } from "../index/rows.ts";
import { indexedRow, withoutLocalMetadata } from "../index/indexed-row.ts";
import { type RowMasker, rowMasker } from "./mask-rows.ts";
import { isNumberNamedBySent } from "./newest-snapshots.ts";
import type { CandidateRow, HeldRow } from "./manifest.ts";
import { type MergeTarget, mergeRows, planMerge } from "./row-merge.ts";
import type { SessionView } from "./session.ts";

/** Rows whose texts are held at a time, where all are read. */
const rowsAtOnce = 2000;

/** A candidate that knows its place, so that its text is found without another look into the index. */
interface PlacedCandidate extends Candidate {
  readonly place: RowPlace;
}

/**
 * Rows that are read at a time: in so few milliseconds that nobody waits for them, and so many that what each
 * transaction writes of the index again does not count.
 */
const stretch = 5000;

/** The rows of an exchange: what is to be sent, and what was received. */
export function createRowStore(view: SessionView) {
  const { session } = view;
  const { index, manifest, transaction } = session;
  const { remote: name, rewrite } = session.options;
  const mask: RowMasker = rewrite === undefined ? (_, text) => text : rowMasker(rewrite);

  function candidates(resource: RowResource, which: "unsent" | "all"): Candidate[] {
    // A ledger that a hook has appended since names traces, too.
    index.catchUp(resource === "traces" ? ["traces", "named"] : [resource]);
    const { remote } = view;
    return describe(
      resource,
      which === "unsent" ? manifest.unsent(remote, resource) : manifest.all(resource),
    );
  }

  function* unsentTraces(): Generator<Candidate[]> {
    index.catchUp(["named"]);
    let last: { readonly seq: number; readonly numbering: number } | undefined;
    for (let isWhole = false; !isWhole;) {
      isWhole = index.ask([], () => index.readSome("traces", stretch));
      const behind = last?.numbering === index.numbering ? last.seq : undefined;
      const places = manifest.unsent(view.remote, "traces", behind);
      last = { seq: places.at(-1)?.seq ?? behind ?? 0, numbering: index.numbering };
      yield describe("traces", places);
    }
  }

  function describe(resource: RowResource, places: readonly CandidateRow[]): Candidate[] {
    const { remote } = view;
    const conversations = new Map<string, ConversationId[]>();
    return places.map((place): PlacedCandidate => {
      let ids = conversations.get(place.conversations);
      if (ids === undefined) {
        ids = index.rows.conversationIds(place.conversations) as ConversationId[];
        conversations.set(place.conversations, ids);
      }
      return {
        key: place.key,
        digest: place.digest,
        time: place.time,
        bytes: place.bytes,
        named: isNamed(resource, place, remote),
        conversationIds: ids,
        place,
      };
    });
  }

  function isNamed(resource: RowResource, row: CandidateRow, remote: number): boolean {
    if (resource !== "summaries") return row.named === 1;
    return isNumberNamedBySent(index, remote, Number(row.conversations));
  }

  function texts(resource: RowResource, rows: readonly Pick<Candidate, "key">[]): string[] {
    const places = rows.map((candidate) => {
      const { place } = candidate as Partial<PlacedCandidate>;
      return place ?? index.rows.find(resource, candidate.key);
    });
    const found = places.filter((place) => place !== undefined);
    let lines = index.texts(resource, found);
    const isTheirs = (text: string, at: number): boolean =>
      holdsKey(resource, text, found[at]?.key ?? "");
    if (!lines.every(isTheirs)) {
      // The file was replaced since the rows were listed: they stand elsewhere now.
      index.catchUp([resource]);
      found.forEach(({ key }, at) => (found[at] = index.rows.find(resource, key) ?? missing()));
      lines = index.texts(resource, found);
      if (!lines.every(isTheirs)) missing();
    }
    return lines.map((text, at) => {
      const place = found[at];
      const isWhole = place === undefined || place.bytes === place.length;
      return mask(resource, isWhole ? text : withoutLocalMetadata(text));
    });
  }

  function* digests(
    resource: RowResource,
    isWanted?: (key: string) => boolean,
  ): Generator<(RowDigest & { known: boolean })[]> {
    index.catchUp([resource]);
    for (let after = 0; ;) {
      const page = manifest.page(view.remote, resource, { after, limit: rowsAtOnce });
      const last = page.at(-1);
      if (last === undefined) return;
      after = last.seq;
      const wanted = isWanted === undefined ? page : page.filter(({ key }) => isWanted(key));
      const isQuick = isWanted === undefined && resource !== "summaries";
      const plain = isQuick ? wanted.filter(goesAsItStands) : [];
      const hashes = new Map(
        index.hashes(resource, plain).map((hash, at) => [plain[at]?.seq, hash]),
      );
      const rest = wanted.filter(({ seq }) => hashes.get(seq) === undefined);
      const lines = texts(resource, rest);
      for (const [at, { seq }] of rest.entries()) hashes.set(seq, sha256Hex(lines[at] ?? ""));
      yield wanted.map(({ key, seq, sent }) => ({
        key,
        digest: hashes.get(seq) ?? "",
        known: sent === 1,
      }));
    }
  }

  function acknowledge(
    resource: RowResource,
    rows: readonly Pick<Candidate, "key" | "digest">[],
  ): void {
    if (rows.length === 0) return;
    transaction.change(() => {
      const sent: number[] = [];
      const standing = standingRows(resource, rows);
      for (const row of rows) {
        const { key, digest } = row;
        const seq = (row as Partial<PlacedCandidate>).place?.seq ?? -1;
        const there = standing.get(seq);
        const place = there?.key === key ? { ...there, seq } : index.rows.find(resource, key);
        // Another row of the key has come meanwhile: that one is still to be sent.
        if (place?.digest === digest) sent.push(place.seq);
      }
      manifest.acknowledge(manifest.number(name), resource, sent);
    });
  }

  /**
   * What stands now where these rows stood when they were planned, where they stand close together: one scan costs a
   * tenth of as many look-ups. Another process may have numbered the rows anew, so places are never taken on trust.
   */
  function standingRows(
    resource: RowResource,
    rows: readonly object[],
  ): Map<number, { key: string; digest: string }> {
    const numbers = rows.flatMap((row) => (row as Partial<PlacedCandidate>).place?.seq ?? []);
    const [first = 0, last = 0] = [numbers[0], numbers.at(-1)];
    if (numbers.length < rows.length || last - first > 4 * rows.length) return new Map();
    return index.rows.between(resource, first, last);
  }

  const target = (remote: number): MergeTarget => ({ index, manifest, remote });

  return {
    candidates,
    unsentTraces,
    texts,
    acknowledge,
    digests,
    count: (resource: RowResource): number => index.rows.counter(resource),
    news(resource: RowResource, rows: readonly ReceivedRow[]): readonly ReceivedRow[] {
      index.catchUp([resource]);
      return planMerge(target(view.remote), resource, rows).fresh;
    },
    merge(resource: RowResource, rows: readonly ReceivedRow[]): Merged {
      if (rows.length === 0) return { merged: 0, skipped: 0 };
      return transaction.gather(() => {
        const merged = mergeRows(target(manifest.number(name)), resource, rows);
        if (merged.merged > 0) transaction.appended.add(resource);
        return merged;
      });
    },
  };
}

function goesAsItStands({ bytes, length }: HeldRow): boolean {
  return bytes === length;
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
