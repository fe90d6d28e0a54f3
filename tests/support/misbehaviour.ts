import type { Service } from "../../src/service/service.ts";

/** What the service under test is to get wrong. Numbers count down with every use. */
export interface Misbehaviour {
  /** A service from before blobs: 404 for all of `/api/v1/blobs`. */
  withoutBlobs?: boolean;
  /** A service that knows the base protocol alone: no epoch, no capabilities, no row status, no compression. */
  withoutExtensions?: boolean;
  /** A service from before `whoami`: 404. */
  withoutWhoami?: boolean;
  /** A service from before a resource: 404 for `/api/v1/sync/<resource>`. */
  withoutResource?: string;
  /** Every token is refused. */
  unauthorized?: boolean;
  /** So many downloads of blobs arrive with one bit turned. */
  corruptBlobs?: number;
  /** So many requests are answered with `failWith` (500) and never reach the service. */
  failures?: number;
  failWith?: number;
  /** Headers of those answers, such as `Retry-After`. */
  failHeaders?: Record<string, string>;
  /** Only requests whose path contains this fail or are cut. */
  only?: string;
  /** So many requests are done, and then the connection breaks before the answer. */
  cutAfterCommit?: number;
  /** Called before each request is handled, with what it is. */
  before?: (request: Request) => void | Promise<void>;
}

/** The same service, getting wrong what `misbehaviour` says at the time of each request. */
export function misbehaving(service: Service, misbehaviour: Misbehaviour): Service {
  const take = (name: "corruptBlobs" | "failures" | "cutAfterCommit"): boolean => {
    const left = misbehaviour[name] ?? 0;
    if (left <= 0) return false;
    misbehaviour[name] = left - 1;
    return true;
  };
  return {
    figures: () => service.figures(),
    async fetch(request) {
      await misbehaviour.before?.(request);
      const pathname = URL.parse(request.url)?.pathname ?? "";
      const concerned = pathname.includes(misbehaviour.only ?? "");
      if (isMissing(pathname, misbehaviour)) {
        return Response.json({ error: "not found" }, { status: 404 });
      }
      if (misbehaviour.unauthorized === true) {
        return Response.json({ error: "no", code: "invalid_token" }, { status: 401 });
      }
      if (concerned && take("failures")) {
        const status = misbehaviour.failWith ?? 500;
        const headers = misbehaviour.failHeaders ?? {};
        return Response.json({ error: "failing on purpose", code: "test" }, { status, headers });
      }
      if (misbehaviour.withoutExtensions === true && request.headers.has("Content-Encoding")) {
        return Response.json({ error: "not JSON", code: "invalid_json" }, { status: 400 });
      }
      const response = await service.fetch(
        misbehaviour.withoutExtensions === true ? uncompressed(request) : request,
      );
      if (concerned && take("cutAfterCommit")) return brokenOff();
      const isDownload = request.method === "GET" && pathname.startsWith("/api/v1/blobs/");
      if (isDownload && response.ok && take("corruptBlobs")) return corrupted(response);
      return misbehaviour.withoutExtensions === true ? baseOnly(response) : response;
    },
  };
}

function isMissing(pathname: string, misbehaviour: Misbehaviour): boolean {
  const { withoutBlobs, withoutExtensions, withoutWhoami, withoutResource } = misbehaviour;
  return (
    (withoutBlobs === true && pathname.startsWith("/api/v1/blobs")) ||
    (withoutExtensions === true && pathname === "/api/v1/blobs/missing") ||
    (withoutWhoami === true && pathname === "/api/v1/auth/whoami") ||
    (withoutResource !== undefined && pathname === `/api/v1/sync/${withoutResource}`)
  );
}

/** An answer of which nothing comes before the connection breaks; null, as Bun prints any other reason. */
function brokenOff(): Response {
  return new Response(new ReadableStream({ pull: (controller) => controller.error(null) }));
}

async function corrupted(response: Response): Promise<Response> {
  const bytes = await response.bytes();
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  return new Response(bytes, response);
}

function uncompressed(request: Request): Request {
  const headers = new Headers(request.headers);
  headers.delete("Accept-Encoding");
  return new Request(request, { headers });
}

async function baseOnly(response: Response): Promise<Response> {
  const headers = new Headers(response.headers);
  headers.delete("Agent-Trace-Epoch");
  if (!headers.get("Content-Type")?.startsWith("application/json")) {
    return new Response(response.body, { status: response.status, headers });
  }
  const text = await response.text();
  const value = JSON.parse(text) as Record<string, unknown>;
  const extensions = [
    "epoch",
    "capabilities",
    "limits",
    "stored",
    "duplicate",
    "replaced",
    "refused",
  ];
  if (!extensions.some((name) => Object.hasOwn(value, name))) {
    return new Response(text, { status: response.status, headers });
  }
  headers.delete("Content-Length");
  const kept = Object.entries(value).filter(([name]) => !extensions.includes(name));
  return new Response(JSON.stringify(Object.fromEntries(kept)), {
    status: response.status,
    headers,
  });
}
