import type { TestService } from "../support/service.ts";

export interface RecordingProxy extends AsyncDisposable {
  readonly url: string;
  /** All that passed in either direction: request lines, headers, and bodies as they read without compression. */
  readonly seen: string[];
}

/** Stands before a service and keeps everything that it hears. */
export function recordingProxy(service: TestService): RecordingProxy {
  const seen: string[] = [];
  const keep = (headers: Headers, body: Uint8Array): void => {
    seen.push([...headers].map(([name, value]) => `${name}: ${value}`).join("\n"));
    seen.push(Buffer.from(plain(headers.get("content-encoding"), body)).toString("latin1"));
  };
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    maxRequestBodySize: 1024 ** 3,
    async fetch(request) {
      const { method, url, headers } = request;
      const body = new Uint8Array(await request.arrayBuffer());
      seen.push(`${method} ${url}`);
      keep(headers, body);
      const rest = method === "GET" ? {} : { body };
      const response = await service.service.fetch(new Request(url, { method, headers, ...rest }));
      const answer = new Uint8Array(await response.arrayBuffer());
      keep(response.headers, answer);
      return new Response(answer, { status: response.status, headers: response.headers });
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    seen,
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}

function plain(encoding: string | null, body: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(body);
  if (bytes.length === 0) return bytes;
  if (encoding === "zstd") return Bun.zstdDecompressSync(bytes);
  if (encoding === "gzip") return Bun.gunzipSync(bytes);
  return bytes;
}
