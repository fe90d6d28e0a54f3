/**
 * What every server of ours does with HTTP: it finds the route, reads the body within bounds, turns whatever is thrown
 * into an answer, and reports one line a request. What the routes are about, the folders above know.
 */
import { failureResponse } from "./failure.ts";
import { HttpError, badRequest, toResponse } from "./http-error.ts";
import { type RequestBody, requestBody } from "./request-body.ts";
import { type RequestLine, logged } from "./request-log.ts";
import { type Match, type Routed, router } from "./router.ts";

/** Something that answers requests; `listen` puts it on a port. */
export interface Handler {
  /** `address`: whom the request comes from, where that is known. */
  fetch(request: Request, address?: string): Promise<Response>;
}

/** One request whose route was found. */
export interface Matched<R extends Routed> extends Match<R> {
  readonly request: Request;
  readonly body: RequestBody;
  readonly address: string | undefined;
  /** Put on the answer, a refusal too. */
  readonly answerHeaders: Headers;
  /** What the log will say of this request; `org` is for the answering side to fill in. */
  readonly line: RequestLine;
}

export interface HandlerOptions<R extends Routed> {
  /** Calls the route's handler. What it throws becomes the answer. */
  answer(matched: Matched<R>): Promise<Response> | Response;
  /** Put on every answer, refusals too. */
  headers(): Readonly<Record<string, string>>;
  /** Milliseconds without a byte after which a body is given up. */
  readonly bodyTimeout?: number | undefined;
  /** The wall clock in milliseconds. */
  now(): number;
  /** One call for each request, once its answer has left or has been given up. */
  onRequest?(line: RequestLine): void;
  /** What went wrong on our side, for the operator; the caller only learns that something did. */
  onFailure?(error: unknown, requestId: string): void;
}

/** Answers requests by these routes. */
export function requestHandler<R extends Routed>(
  routes: readonly R[],
  options: HandlerOptions<R>,
): Handler {
  const find = router(routes);
  const { onRequest, onFailure, bodyTimeout: idleTimeout = 30_000 } = options;

  async function answer(
    parts: Pick<Matched<R>, "request" | "address" | "answerHeaders" | "line">,
    url: URL | null,
  ): Promise<Response> {
    // Made of the Host header, which may hold anything: then there is no URL.
    if (url === null) throw badRequest("invalid_host", "the Host header names no host");
    const { line, request } = parts;
    const match = find(request.method, url);
    line.route = match.route.pattern;
    const body = requestBody(request, { idleTimeout });
    try {
      const response = await options.answer({ ...match, ...parts, body });
      if (!match.headOnly) return response;
      // Nobody will read it, and whoever waits for its end must learn of that.
      void response.body?.cancel().catch(() => {});
      return new Response(null, response);
    } finally {
      line.bytes_in = body.bytesIn;
    }
  }

  return {
    async fetch(request, address) {
      const started = performance.now();
      const url = URL.parse(request.url);
      const line: RequestLine = {
        time: new Date(options.now()).toISOString(),
        method: request.method,
        route: null,
        path: url?.pathname ?? "",
        status: 0,
        duration_ms: 0,
        bytes_in: 0,
        bytes_out: 0,
        org: null,
        request_id: crypto.randomUUID(),
      };
      const answerHeaders = new Headers(Object.entries(options.headers()));
      let response: Response;
      try {
        response = await answer({ request, address, answerHeaders, line }, url);
      } catch (error) {
        if (!(error instanceof HttpError)) onFailure?.(error, line.request_id);
        response = error instanceof HttpError ? toResponse(error) : failureResponse(error);
      }
      for (const [name, value] of answerHeaders) response.headers.set(name, value);
      return logged(response, line, { started, onRequest, onFailure });
    },
  };
}
