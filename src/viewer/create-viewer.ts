import { timingSafeEqual } from "node:crypto";
import { encodedJson } from "../http/compression.ts";
import { HttpError } from "../http/http-error.ts";
import { type Handler, requestHandler } from "../http/request-handler.ts";
import type { Call, Route } from "../http/route.ts";
import { numberOf, required, seenPart } from "./asked.ts";
import { eventStream } from "./event-stream.ts";
import { type Assets, contentPolicy, pageHeaders, pageResponder } from "./page.ts";
import type { ViewerSource } from "./views.ts";

export interface ViewerOptions {
  readonly source: ViewerSource;
  readonly assets: Assets;
  /** Opens the pages once; the browser that brought it is known by a cookie from then on. */
  readonly key: string;
  /** Ends the streams of events. */
  readonly signal: AbortSignal;
  /** What went wrong on our side. */
  onFailure(error: unknown): void;
  /** Makes an answer of what the source throws; undefined where it is no refusal. */
  refusal(error: unknown): HttpError | undefined;
}

interface Viewer extends Handler {
  /** The port is known only once it is open; before that every request is refused. */
  bind(port: number): void;
}

/**
 * Answers the pages of one person on one machine. Three things must fit before anything is told: the name by which we
 * were called (a foreign name that leads here is an attack), that no other site asks, and the cookie.
 */
export function createViewer(options: ViewerOptions): Viewer {
  const { assets, source, signal } = options;
  const session = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url");
  const home = pageResponder(assets);
  const policy = `${contentPolicy(assets)}; frame-ancestors 'none'`;
  let hosts: readonly string[] = [];
  let cookie = "";
  let isOpened = false;

  const routes: Route[] = [
    { method: "GET", pattern: "/open/:key", handle: open },
    { method: "GET", pattern: "/", handle: ({ request }) => home(request) },
    answer("/api/project", () => source.project()),
    answer("/api/text", ({ query }) => source.text(required(query, "path"))),
    answer("/api/file", ({ query }) => source.file(required(query, "path"))),
    answer("/api/why", ({ query }) =>
      source.why({
        path: required(query, "path"),
        commit: query.get("commit"),
        trace: query.get("trace"),
        line: numberOf(query, "line"),
      }),
    ),
    answer("/api/conversation", ({ query }) =>
      source.conversation(required(query, "id"), seenPart(query)),
    ),
    answer("/api/tool", ({ query }) =>
      source.tool({
        id: required(query, "id"),
        turn: numberOf(query, "turn"),
        part: numberOf(query, "part"),
      }),
    ),
    answer("/api/report", ({ query }) => source.report(query.get("range") || undefined)),
    answer("/api/sessions", () => source.sessions()),
    answer("/api/search", ({ query }) =>
      source.search({
        text: required(query, "text"),
        agent: query.get("agent") || undefined,
        since: query.get("since") || undefined,
        file: query.get("file") || undefined,
        limit: Math.max(1, numberOf(query, "limit")),
      }),
    ),
    answer("/api/said", ({ query }) =>
      source.said({ id: required(query, "id"), place: numberOf(query, "place") }),
    ),
    answer("/api/health", () => source.health()),
    {
      method: "GET",
      pattern: "/api/events",
      handle: ({ request }) => eventStream(source, AbortSignal.any([signal, request.signal])),
    },
  ];

  function open({ parameters, request }: Call): Response {
    const fits = isSame(parameters["key"] ?? "", options.key);
    if (!fits || (isOpened && !isKnown(request))) throw noKey();
    isOpened = true;
    const attributes = "Path=/; HttpOnly; SameSite=Strict";
    return new Response(null, {
      status: 303,
      headers: { Location: "/", "Set-Cookie": `${cookie}=${session}; ${attributes}` },
    });
  }

  function isKnown(request: Request): boolean {
    const sent = (request.headers.get("Cookie") ?? "").split(/;\s*/);
    return sent.some((one) => isSame(one, `${cookie}=${session}`));
  }

  function check(request: Request, pattern: string): void {
    const { headers } = request;
    const host = headers.get("Host") ?? "";
    if (!hosts.includes(host)) {
      throw new HttpError(421, "foreign_host", "these pages answer to their own address alone");
    }
    const origin = headers.get("Origin");
    const site = headers.get("Sec-Fetch-Site");
    const isForeign =
      (origin !== null && origin !== `http://${host}`) ||
      (site !== null && site !== "same-origin" && site !== "none");
    if (isForeign) throw new HttpError(403, "foreign_origin", "another site asks for these pages");
    if (pattern !== "/open/:key" && !isKnown(request)) throw noKey();
  }

  const handler = requestHandler(routes, {
    async answer({ route, ...call }) {
      check(call.request, route.pattern);
      try {
        return await route.handle(call);
      } catch (error) {
        throw options.refusal(error) ?? error;
      }
    },
    headers: () => ({ ...pageHeaders, "Content-Security-Policy": policy }),
    now: () => Date.now(),
    onFailure: options.onFailure,
  });
  return {
    fetch: (request) => handler.fetch(request),
    bind(port) {
      hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
      // Cookies of one machine are shared by all its ports.
      cookie = `agent-trace-${port}`;
    },
  };
}

function answer(pattern: string, ask: (call: Call) => Promise<unknown>): Route {
  return {
    method: "GET",
    pattern,
    handle: async (call) =>
      encodedJson(
        new TextEncoder().encode(JSON.stringify(await ask(call))),
        call.request.headers.get("Accept-Encoding"),
      ),
  };
}

function noKey(): HttpError {
  return new HttpError(403, "no_key", "open the address that `agent-trace viewer` printed");
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
