import { dirname } from "node:path";

/** A bare repository over git's own HTTP server, on a port of loopback that the system chose. */
export interface GitServer extends AsyncDisposable {
  readonly url: string;
}

/** Serves all repositories of a directory to whoever asks, for reading and for writing. */
export function serveGit(repository: string): GitServer {
  const root = dirname(repository);
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      const child = Bun.spawn(["git", "http-backend"], {
        env: {
          PATH: process.env["PATH"] ?? "",
          GIT_PROJECT_ROOT: root,
          GIT_HTTP_EXPORT_ALL: "1",
          GIT_CONFIG_NOSYSTEM: "1",
          GIT_CONFIG_GLOBAL: "/dev/null",
          GIT_CONFIG_COUNT: "1",
          GIT_CONFIG_KEY_0: "http.receivepack",
          GIT_CONFIG_VALUE_0: "true",
          PATH_INFO: decodeURIComponent(pathname),
          QUERY_STRING: search.slice(1),
          REQUEST_METHOD: request.method,
          CONTENT_TYPE: request.headers.get("content-type") ?? "",
          HTTP_CONTENT_ENCODING: request.headers.get("content-encoding") ?? "",
          GIT_PROTOCOL: request.headers.get("git-protocol") ?? "",
          REMOTE_ADDR: "127.0.0.1",
        },
        stdin: new Uint8Array(await request.arrayBuffer()),
        stdout: "pipe",
        stderr: "ignore",
      });
      const answer = Buffer.from(await child.stdout.bytes());
      const end = answer.indexOf("\r\n\r\n");
      const headers = new Headers();
      let status = 200;
      for (const line of answer.toString("latin1", 0, end).split("\r\n")) {
        const [name = "", value = ""] = line.split(/: (.*)/s);
        if (name === "Status") status = Number.parseInt(value, 10);
        else if (name !== "") headers.append(name, value);
      }
      return new Response(answer.subarray(end + 4), { status, headers });
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}/${repository.slice(root.length + 1)}`,
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}
