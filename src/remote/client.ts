import { createFetch } from "ofetch";
import { AppError } from "../errors.ts";
import { type Answer, createAnswer } from "./answer.ts";
import type { Body } from "./body.ts";
import { bypassesProxy, causeOf } from "./causes.ts";
import { type Clock, systemClock } from "./clock.ts";
import { accidentOf, isAccident, redirectRefused } from "./refusal.ts";
import { Accident, totalTime, withRetries } from "./retry.ts";
import { type Watchdog, startWatchdog } from "./watchdog.ts";

export interface ClientOptions {
  /** How the service is called in messages: ``remote `origin` (https://traces.example.com)``. */
  readonly from: string;
  /** What `/api/v1/…` is appended to. */
  readonly baseUrl: string;
  readonly token?: string | undefined;
  readonly adminSecret?: string | undefined;
  readonly userAgent: string;
  /** Milliseconds without a byte after which a request is abandoned. */
  readonly idleTimeout: number;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  /** Told before each pause why there is one, and when it goes on. */
  readonly onWait?: (reason: string) => void;
  /** Each request in one line, without secrets. */
  readonly debug?: (line: string) => void;
  readonly fetch?: typeof fetch;
}

/** One request, and what is to be made of its answer. `read` runs within the retries: a torn body counts as an accident. */
export interface Exchange<T> {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  /** Behind the base URL, with its query. */
  readonly path: string;
  readonly body?: Body;
  /** Headers of its own, asked for at each attempt. */
  readonly headers?: () => Readonly<Record<string, string>>;
  readonly onBytes?: (bytes: number) => void;
  read(answer: Answer): Promise<T>;
}

/** One service, as one command sees it. All its requests share one budget of time. */
export interface Client {
  readonly from: string;
  /** Whether its requests carry a token. */
  readonly authenticated: boolean;
  /** Whether the service lies across a network, where compression pays. */
  readonly distant: boolean;
  /** Bodies that were answered, as they went over the wire. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
  exchange<T>(exchange: Exchange<T>): Promise<T>;
}

export function createClient(options: ClientOptions): Client {
  const { from, signal, clock = systemClock } = options;
  const distant = !bypassesProxy(options.baseUrl);
  const own = { decompress: false, timeout: false, ...(distant ? {} : { proxy: false as const }) };
  const send = options.fetch ?? fetch;
  const { raw } = createFetch({
    fetch: ((url: string, init: RequestInit) => send(url, { ...init, ...own })) as typeof fetch,
  });
  const deadline = clock.now() + totalTime;
  const totals = { sent: 0, received: 0 };
  let contacted = false;

  /** The error for what went wrong on the way; errors of ours pass as they are. */
  const explain = (error: unknown, watchdog: Watchdog): Error => {
    if (signal.aborted) return signal.reason as Error;
    if (error instanceof Accident || error instanceof AppError) return error;
    if (watchdog.expired)
      return accident(`it sent no byte for ${options.idleTimeout / 1000} s`, error);
    const { phrase, hint, final, nobodyThere } = causeOf(error);
    const failure = unreachable(phrase, error, hint);
    return final === true ? failure : new Accident(failure, { nobodyThere: nobodyThere ?? false });
  };
  const unreachable = (phrase: string, cause: unknown, hint?: string): AppError =>
    new AppError("unreachable", `cannot reach ${from}: ${phrase}`, {
      hint: hint ?? "nothing is lost; check the network and the URL, and run the command again",
      cause,
    });
  const accident = (phrase: string, cause: unknown): Accident =>
    new Accident(unreachable(phrase, cause));

  async function attempt<T>(exchange: Exchange<T>): Promise<T> {
    const { method, path, body, onBytes, read } = exchange;
    const watchdog = startWatchdog(options.idleTimeout, signal);
    const started = performance.now();
    let broken: unknown;
    let sent = 0;
    const headers: Record<string, string> = {
      "User-Agent": options.userAgent,
      // Announced even where it is nothing: Bun would ask for all that it can inflate.
      "Accept-Encoding": distant ? "zstd, gzip" : "identity",
    };
    if (options.token !== undefined) headers["Authorization"] = `Bearer ${options.token}`;
    if (options.adminSecret !== undefined) headers["X-Admin-Secret"] = options.adminSecret;
    if (body !== undefined) headers["Content-Type"] = body.contentType;
    if (body?.contentEncoding !== undefined) headers["Content-Encoding"] = body.contentEncoding;
    if (body?.length !== undefined) headers["Content-Length"] = String(body.length);
    Object.assign(headers, exchange.headers?.());
    const watch = {
      onFailure: (error: Error): void => void (broken = error),
      onBytes(bytes: number): void {
        sent += bytes;
        watchdog.touch();
        onBytes?.(bytes);
      },
    };
    try {
      const response: Response = await watchdog.guard(
        raw(`${options.baseUrl}${path}`, {
          method,
          headers,
          ...(body === undefined ? {} : { body: body.open(watch) }),
          signal: watchdog.signal,
          retry: false,
          redirect: "manual",
          ignoreResponseError: true,
          responseType: "stream",
        }),
      );
      watchdog.touch();
      contacted = true;
      totals.sent += sent;
      options.debug?.(
        `${method} ${options.baseUrl}${path} ${response.status} ${Math.round(performance.now() - started)} ms`,
      );
      const answer = createAnswer(response, {
        from,
        watchdog,
        redact: (text) =>
          [options.token, options.adminSecret].reduce<string>(
            (rest, secret) => (secret === undefined ? rest : rest.replaceAll(secret, "********")),
            text,
          ),
        onBytes: (bytes) => void (totals.received += bytes),
        explain: (error) => (broken = explain(error, watchdog)) as Error,
      });
      try {
        if (response.status >= 300 && response.status < 400) throw redirectRefused(answer);
        if (isAccident(response.status)) throw await accidentOf(answer, clock.now());
        return await read(answer);
      } finally {
        // One that broke off meanwhile says so here, and nobody was waiting for it.
        if (response.body?.locked === false) response.body.cancel().catch(() => {});
      }
    } catch (error) {
      // Whoever read the body may have wrapped what ended it.
      throw broken ?? explain(error, watchdog);
    } finally {
      watchdog.stop();
    }
  }

  return {
    from,
    authenticated: options.token !== undefined,
    distant,
    get bytesSent() {
      return totals.sent;
    },
    get bytesReceived() {
      return totals.received;
    },
    exchange: (exchange) =>
      withRetries(() => attempt(exchange), {
        clock,
        signal,
        deadline,
        get contacted() {
          return contacted;
        },
        onRetry({ failure }, retry) {
          const { delay, attempt: next, most } = retry;
          options.debug?.(`${failure.message}; trying again in ${Math.round(delay)} ms`);
          options.onWait?.(
            `${failure.message}; again in ${Math.ceil(delay / 1000)} s (${next} of ${most})`,
          );
        },
      }),
  };
}
