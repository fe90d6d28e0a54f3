import type { CompressionFormat } from "bun";
import { HttpError, badRequest, invalidJson } from "./http-error.ts";

/** What a signing proxy said of the body; checked against every byte that came over the wire. */
export type BodyCheck = (sha256: string) => void;

export interface RequestBody {
  /** Bytes that came over the wire so far. */
  readonly bytesIn: number;
  /**
   * The body inflated, chunk by chunk; `limit` is for the wire. Throws 400 where the sender breaks off, 408, 413 or
   * 415; the check's error where it fails at the end.
   */
  stream(limit: number): AsyncGenerator<Uint8Array>;
  /** All of it. It is held in memory, so inflated it may have half of the limit and no more. */
  bytes(limit: number): Promise<Uint8Array>;
  /** All of it as text. Throws 400 where it is not UTF-8. */
  text(limit: number): Promise<string>;
  /** All of it as a JSON value. Throws 400 where it is none. */
  json(limit: number): Promise<unknown>;
  /** From now on the body must pass this check before its end is reached. */
  expect(check: BodyCheck): void;
}

/** A compressed body may inflate to this and a hundred times what came. */
const inflatedBase = 64 * 1024 * 1024;
const inflatedFactor = 100;

/** Bytes a second that a body must bring on the whole: a byte now and then would hold us for ever. */
const leastRate = 256;

const formats = new Map<string, CompressionFormat | undefined>([
  ["", undefined],
  ["identity", undefined],
  ["gzip", "gzip"],
  ["x-gzip", "gzip"],
  ["zstd", "zstd"],
]);

/** The body of a request, read at most once, that no slow or huge sender can hold us with. */
export function requestBody(request: Request, options: { idleTimeout: number }): RequestBody {
  let bytesIn = 0;
  let check: BodyCheck | undefined;
  let kept: Promise<Uint8Array> | undefined;

  async function* wire(limit: number): AsyncGenerator<Uint8Array> {
    const declared = Number(request.headers.get("Content-Length") ?? 0);
    if (declared > limit) throw tooLarge(limit);
    const hasher = check === undefined ? undefined : new Bun.CryptoHasher("sha256");
    const reader = request.body?.getReader();
    if (reader !== undefined) {
      // Only the sender's time counts, not what we take to write a chunk away.
      let waited = 0;
      try {
        for (;;) {
          const asked = performance.now();
          const { done, value } = await within(options.idleTimeout, reader.read().catch(brokenOff));
          if (done) break;
          bytesIn += value.length;
          waited += performance.now() - asked;
          const isSlow = bytesIn < (waited / 1000) * leastRate;
          if (waited > options.idleTimeout && isSlow) throw stalled();
          if (bytesIn > limit) throw tooLarge(limit);
          hasher?.update(value);
          yield value;
        }
      } finally {
        // Not awaited: a sender that stalls would hold us here.
        void reader.cancel().catch(() => {});
      }
    }
    if (hasher !== undefined) check?.(hasher.digest("hex"));
  }

  async function* inflate(format: CompressionFormat, limit: number): AsyncGenerator<Uint8Array> {
    const source = wire(limit);
    let failure: unknown;
    const compressed = new ReadableStream<Uint8Array>({
      async pull(controller) {
        try {
          const { done, value } = await source.next();
          if (done === true) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          failure = error;
          controller.error(error);
        }
      },
      cancel: () => void source.return(undefined),
    });
    let inflated = 0;
    const reader = compressed
      .pipeThrough(new DecompressionStream(format as "gzip") as never)
      .getReader() as ReadableStreamDefaultReader<Uint8Array>;
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        inflated += value.length;
        const cap = inflatedBase + inflatedFactor * bytesIn;
        if (inflated > cap) throw tooLarge(cap);
        yield value;
      }
    } catch (error) {
      if (error instanceof HttpError) throw error;
      if (failure !== undefined) throw failure;
      throw badRequest("invalid_encoding", `the body is no valid ${format} data`);
    } finally {
      void reader.cancel().catch(() => {});
    }
  }

  const body: RequestBody = {
    get bytesIn() {
      return bytesIn;
    },
    expect(value) {
      check = value;
    },
    stream(limit) {
      const name = (request.headers.get("Content-Encoding") ?? "").trim().toLowerCase();
      if (!formats.has(name)) {
        throw new HttpError(415, "unsupported_encoding", "the body's encoding is not supported", {
          headers: { "Accept-Encoding": "zstd, gzip" },
        });
      }
      const format = formats.get(name);
      return format === undefined ? wire(limit) : inflate(format, limit);
    },
    bytes(limit) {
      kept ??= collect(
        body.stream(limit),
        request.headers.has("Content-Encoding") ? limit / 2 : limit,
      );
      return kept;
    },
    async text(limit) {
      const bytes = await body.bytes(limit);
      try {
        return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
      } catch {
        throw badRequest("invalid_utf8", "the body is not valid UTF-8");
      }
    },
    async json(limit) {
      const text = await body.text(limit);
      try {
        return JSON.parse(text);
      } catch {
        throw invalidJson();
      }
    },
  };
  return body;
}

async function collect(stream: AsyncGenerator<Uint8Array>, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > most) throw tooLarge(most);
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

/** No failure of ours: the connection ended, or what came is no HTTP. */
function brokenOff(): never {
  throw new HttpError(400, "body_cut", "the body ended before it was complete", {
    headers: { Connection: "close" },
  });
}

async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(stalled()), milliseconds);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function stalled(): HttpError {
  return new HttpError(408, "body_timeout", "the body came too slowly", {
    headers: { Connection: "close" },
  });
}

function tooLarge(limit: number): HttpError {
  return new HttpError(413, "body_too_large", `the body is larger than ${limit} bytes`, {
    details: { limit },
  });
}
