import { isObject } from "../schema/is-object.ts";
import { findExcess } from "../schema/json-shape.ts";
import { AppError } from "../errors.ts";
import { Accident } from "./retry.ts";
import { takeBuffer } from "./answer-buffer.ts";
import { countSpent } from "./spent-chunks.ts";
import type { Watchdog } from "./watchdog.ts";

/** More than anything but a page can need; a service that sends on and on is cut off here. */
const mostText = 16 * 1024 * 1024;

/** What a shorter answer can hold is not worth a look at each of its bytes. */
const worthLooking = 1024 * 1024;
/** What is legitimate has a member in some 50 bytes; in memory each takes a quarter of a kilobyte. */
const limits = { depth: 256, members: 150_000, items: Infinity };

/** What came back: status and headers at once, the body while it is read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** How this service is called in messages. */
  readonly from: string;
  redact(text: string): string;
  stream(): ReadableStream<Uint8Array>;
  /**
   * At most so many bytes, and so much in them as a parser can take; `invalid_answer` with the label `answer_too_long`
   * where there is more.
   */
  text(most?: number, mostItems?: number): Promise<string>;
  /**
   * The body's JSON object as it was sent: what of it is printed passes `redact` or `redactStrings` first. Anything
   * else, such as a captive portal's page, is an accident.
   */
  json(): Promise<Record<string, unknown>>;
}

export interface AnswerOptions {
  readonly from: string;
  readonly watchdog: Watchdog;
  /** Takes our own secrets out of text that a service sends back. */
  redact(text: string): string;
  onBytes(bytes: number): void;
  /** The error that an interrupted body is to be reported with. */
  explain(error: unknown): Error;
}

export function createAnswer(response: Response, options: AnswerOptions): Answer {
  const { status, headers } = response;
  const stream = (): ReadableStream<Uint8Array> => inflate(guardedBody(response, options), headers);
  const text = async (most = mostText, items = limits.items): Promise<string> => {
    using content = takeBuffer();
    for await (const chunk of stream()) {
      if (content.size + chunk.length > most) throw tooLong(options.from);
      content.add(chunk);
    }
    const bytes = content.bytes();
    const isLarge = bytes.length >= worthLooking;
    if (isLarge && findExcess(bytes, { ...limits, items }) !== undefined) {
      throw tooLong(options.from);
    }
    return decode(bytes);
  };
  return {
    status,
    headers,
    from: options.from,
    redact: options.redact,
    stream,
    text,
    async json() {
      const value = parseObject(await text());
      if (value === undefined) throw new Accident(noJson(options.from, status));
      return value;
    },
  };
}

function tooLong(from: string): AppError {
  return new AppError("invalid_answer", `${from} sent an answer that does not end`, {
    label: "answer_too_long",
  });
}

/** As `TextDecoder` has it, which takes five times as long. */
function decode(bytes: Buffer): string {
  const text = bytes.toString();
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}

export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A document that may be printed: our own secrets taken out of every string of it. */
export function redactStrings<T>(value: T, redact: (text: string) => string): T {
  const clean = (part: unknown): unknown => {
    if (typeof part === "string") return redact(part);
    if (Array.isArray(part)) return part.map(clean);
    if (!isObject(part)) return part;
    return Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, clean(inner)]));
  };
  return clean(value) as T;
}

function noJson(from: string, status: number): AppError {
  return new AppError("invalid_answer", `${from} answered ${status} without the JSON expected`, {
    hint: "check the remote's URL: what answers there may be a login page or another program",
  });
}

/** The body, each chunk raced against the watchdog, its bytes counted as they came over the wire. */
function guardedBody(response: Response, options: AnswerOptions): ReadableStream<Uint8Array> {
  const reader = response.body?.getReader();
  const spent = countSpent();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const next = await (reader === undefined
            ? undefined
            : options.watchdog.guard(reader.read()));
          if (next === undefined || next.done) return controller.close();
          options.watchdog.touch();
          options.onBytes(next.value.length);
          spent(next.value.length);
          controller.enqueue(next.value);
        } catch (error) {
          controller.error(options.explain(error));
        }
      },
      cancel: (reason) => reader?.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

function inflate(body: ReadableStream<Uint8Array>, headers: Headers): ReadableStream<Uint8Array> {
  const encoding = headers.get("content-encoding")?.toLowerCase() ?? "identity";
  if (encoding === "identity" || encoding === "") return body;
  const inflater = new DecompressionStream(encoding as Bun.CompressionFormat);
  return body.pipeThrough(inflater as unknown as ReadableWritablePair<Uint8Array, Uint8Array>);
}
