import { HttpError, badRequest } from "./http-error.ts";
import type { Route } from "./route.ts";

/** What a router looks at of a route. */
export type Routed = Pick<Route, "method" | "pattern">;

export interface Match<R extends Routed> {
  readonly route: R;
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** A HEAD that is answered as the GET would be, without its body. */
  readonly headOnly: boolean;
}

interface Pattern<R> {
  readonly segments: readonly string[];
  readonly routes: Map<string, R>;
}

/** Finds the route of a request. Throws 404, 405 with `Allow`, or 400 for a path that cannot be decoded. */
export function router<R extends Routed>(
  routes: readonly R[],
): (method: string, url: URL) => Match<R> {
  const patterns = new Map<string, Pattern<R>>();
  for (const route of routes) {
    const pattern: Pattern<R> = patterns.get(route.pattern) ?? {
      segments: route.pattern.split("/"),
      routes: new Map(),
    };
    pattern.routes.set(route.method, route);
    patterns.set(route.pattern, pattern);
  }
  // A path spelled out goes before one with a parameter, such as `/blobs/missing` before `/blobs/:sha256`.
  const ordered = [...patterns.values()].sort((a, b) => wildness(a) - wildness(b));
  return (method, url) => {
    const segments = url.pathname.split("/");
    const matching = ordered.filter((pattern) => matches(pattern, segments));
    for (const pattern of matching) {
      const own = pattern.routes.get(method);
      const route = own ?? (method === "HEAD" ? pattern.routes.get("GET") : undefined);
      if (route === undefined) continue;
      const parameters = parametersOf(pattern, segments);
      return { route, parameters, query: url.searchParams, headOnly: own === undefined };
    }
    if (matching.length === 0) {
      throw new HttpError(404, "not_found", "there is nothing at this path; see `GET /`");
    }
    const allowed = new Set(matching.flatMap(({ routes: own }) => [...own.keys()]));
    if (allowed.has("GET")) allowed.add("HEAD");
    throw new HttpError(405, "method_not_allowed", "this path does not take this method", {
      headers: { Allow: [...allowed].join(", ") },
    });
  };
}

function wildness({ segments }: Pattern<unknown>): number {
  return segments.filter((segment) => segment.startsWith(":")).length;
}

function matches({ segments }: Pattern<unknown>, path: readonly string[]): boolean {
  const last = segments.at(-1) ?? "";
  const fits = isRest(last) ? path.length >= segments.length : path.length === segments.length;
  return (
    fits &&
    segments.every((segment, at) =>
      segment.startsWith(":") ? path[at] !== "" : segment === path[at],
    )
  );
}

/** `:name*` takes the rest of the path, slashes and all. */
function isRest(segment: string): boolean {
  return segment.startsWith(":") && segment.endsWith("*");
}

function parametersOf(
  { segments }: Pattern<unknown>,
  path: readonly string[],
): Record<string, string> {
  const parameters: Record<string, string> = {};
  segments.forEach((segment, at) => {
    if (!segment.startsWith(":")) return;
    try {
      const value = isRest(segment) ? path.slice(at).join("/") : (path[at] ?? "");
      parameters[segment.slice(1).replace(/\*$/, "")] = decodeURIComponent(value);
    } catch {
      throw badRequest("invalid_path", "the path is not valid percent-encoded UTF-8");
    }
  });
  return parameters;
}
