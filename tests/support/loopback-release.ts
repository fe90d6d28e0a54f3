import { createHash } from "node:crypto";
import { type ArchiveEntry, tarGz } from "../../release/archive.ts";

/** A release that lies on this machine, for the install script. */
export interface LoopbackRelease extends AsyncDisposable {
  readonly url: string;
  /** What is served, by file name; tests break it as they like. */
  readonly files: Map<string, Uint8Array | string>;
  readonly requests: string[];
  /** Called for each request before it is answered. */
  onRequest: (name: string) => Promise<void> | void;
}

/** Serves `programs`, by target, as archives with their sums. */
export function serveRelease(
  programs: Readonly<Record<string, string | Uint8Array>>,
): LoopbackRelease {
  const files = new Map<string, Uint8Array | string>();
  for (const [target, program] of Object.entries(programs)) {
    const entry: ArchiveEntry = {
      path: `agent-trace-${target}/agent-trace`,
      content: typeof program === "string" ? Buffer.from(program) : program,
      executable: true,
    };
    files.set(`agent-trace-${target}.tar.gz`, tarGz([entry], 1_770_000_000));
  }
  files.set("SHA256SUMS", sumsOf(files));
  return serveFiles(files);
}

/** Serves files by name. */
export function serveFiles(files: Map<string, Uint8Array | string>): LoopbackRelease {
  const requests: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const name = new URL(request.url).pathname.slice(1);
      requests.push(name);
      await release.onRequest(name);
      const content = files.get(name);
      return content === undefined
        ? new Response("not found\n", { status: 404 })
        : new Response(content as string);
    },
  });
  const release: LoopbackRelease = {
    url: `http://127.0.0.1:${server.port}`,
    files,
    requests,
    onRequest: () => {},
    async [Symbol.asyncDispose]() {
      await server.stop(true);
    },
  };
  return release;
}

export function sumsOf(files: ReadonlyMap<string, Uint8Array | string>): string {
  return [...files]
    .map(([name, content]) => `${createHash("sha256").update(content).digest("hex")}  ${name}\n`)
    .join("");
}
