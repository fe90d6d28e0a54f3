import type { Resource } from "../schema/resource.ts";
import { formatTime } from "../schema/time.ts";
import type { Microseconds, Records, RowPage, Tenant } from "./records.ts";

/** Text read from the database at a time: what an answer costs in memory, however long its rows are. */
const pieceBytes = 4 * 1024 * 1024;

interface Range {
  readonly resource: Resource;
  readonly since: Microseconds | null;
  readonly limit: number;
}

/**
 * The JSON of a page, made of the stored texts as they are, each on its own line. One piece in the usual case,
 * a stream where the rows are long: rows that are accepted meanwhile come behind, so pieces fit together.
 */
export async function pageBody(
  records: Records,
  tenant: Tenant,
  { resource, since, limit }: Range,
): Promise<Uint8Array | ReadableStream<Uint8Array>> {
  const read = (from: Microseconds | null, most: number): Promise<RowPage> =>
    records.page(tenant, resource, { since: from, limit: most, bytes: pieceBytes });
  const first = await read(since, limit);
  const isCut = first.last !== null && first.count < limit && (await read(first.last, 1)).count > 0;
  if (!isCut) return Buffer.concat([opening(first), first.texts, tail(first.last)]);

  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield opening(first);
    yield first.texts;
    let left = limit - first.count;
    let last = first.last;
    while (left > 0) {
      const next = await read(last, left);
      if (next.count === 0) break;
      yield Buffer.concat([encode(",\n"), next.texts]);
      left -= next.count;
      last = next.last;
    }
    yield tail(last);
  }
  return streamOf(pieces());
}

function opening({ count }: RowPage): Uint8Array {
  return encode(count === 0 ? '{"items":[' : '{"items":[\n');
}

function tail(last: Microseconds | null): Uint8Array {
  return last === null
    ? encode('],"max_timestamp":null}')
    : encode(`\n],"max_timestamp":"${formatTime(BigInt(last))}"}`);
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Pulled only as fast as the receiver takes it. */
export function streamOf(pieces: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await pieces.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await pieces.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
