import { streamOf } from "../http/stream.ts";
import type { Resource } from "../schema/resource.ts";
import { formatTime } from "../schema/time.ts";
import type { Microseconds, Records, RowExtent, Tenant } from "./records.ts";

/** Text of a page; a row that is longer, which only older versions took, is a page by itself. */
const pageBytes = 16 * 1024 * 1024;
/** Held at a time for one reader, who may be slow: what an answer costs in memory, however long its rows are. */
const pieceBytes = 256 * 1024;

interface Range {
  readonly resource: Resource;
  readonly since: Microseconds | null;
  readonly limit: number;
}

/** Rows that are read together: a run of short ones, or a part of a long one. */
interface Piece {
  readonly from: Microseconds;
  readonly to: Microseconds;
  /** Of a part: where it begins and how long it is. */
  readonly part?: { readonly from: number; readonly bytes: number };
  readonly isRowStart: boolean;
}

/** The JSON of a page, and how many rows it holds. */
export interface RowPage {
  readonly body: Uint8Array | ReadableStream<Uint8Array>;
  readonly rows: number;
}

/**
 * A page made of the stored texts as they are, each on its own line. One piece where it is short, else a
 * stream that reads from the database only what the receiver takes.
 */
export async function pageBody(
  records: Records,
  tenant: Tenant,
  { resource, since, limit }: Range,
): Promise<RowPage> {
  const extents = fitting(await records.extents(tenant, resource, { since, limit }));
  const last = extents.at(-1)?.place ?? null;
  const pieces = [...cut(extents)];

  const read = async ({ from, to, part }: Piece): Promise<Uint8Array> => {
    if (part === undefined) return records.texts(tenant, resource, { from, to });
    const text = await records.slice(tenant, resource, { place: from, ...part });
    // Half a row has gone out already, so all that is left is to break off; the reader asks again.
    if (text.length === 0) throw new Error("a row was replaced while it was being read");
    return text;
  };
  async function* parts(): AsyncGenerator<Uint8Array> {
    yield encode('{"items":[');
    let isFirst = true;
    for (const piece of pieces) {
      const text = await read(piece);
      // Rows that were replaced since then lie behind this page.
      if (text.length === 0) continue;
      if (piece.isRowStart) yield encode(isFirst ? "\n" : ",\n");
      isFirst = false;
      yield text;
    }
    yield encode(last === null ? '],"max_timestamp":null}' : closing(last));
  }
  const rows = extents.length;
  if (pieces.length > 1) return { body: streamOf(parts()), rows };
  const whole: Uint8Array[] = [];
  for await (const part of parts()) whole.push(part);
  return { body: Buffer.concat(whole), rows };
}

/** As many of the first rows as a page may hold, but one at least. */
function fitting(extents: readonly RowExtent[]): readonly RowExtent[] {
  let bytes = 0;
  const end = extents.findIndex((extent, at) => (bytes += extent.bytes) > pageBytes && at > 0);
  return end < 0 ? extents : extents.slice(0, end);
}

function* cut(extents: readonly RowExtent[]): Generator<Piece> {
  let run: { from: Microseconds; to: Microseconds; bytes: number } | undefined;
  for (const { place, bytes } of extents) {
    if (run !== undefined && run.bytes + bytes > pieceBytes) {
      yield { from: run.from, to: run.to, isRowStart: true };
      run = undefined;
    }
    if (bytes <= pieceBytes) {
      run = { from: run?.from ?? place, to: place, bytes: (run?.bytes ?? 0) + bytes };
      continue;
    }
    for (let from = 0; from < bytes; from += pieceBytes) {
      const part = { from, bytes: Math.min(pieceBytes, bytes - from) };
      yield { from: place, to: place, part, isRowStart: from === 0 };
    }
  }
  if (run !== undefined) yield { from: run.from, to: run.to, isRowStart: true };
}

function closing(last: Microseconds): string {
  return `\n],"max_timestamp":"${formatTime(BigInt(last))}"}`;
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
