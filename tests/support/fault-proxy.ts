import { type Server, type Socket, createServer } from "node:net";

/** What goes wrong with one request, seeded; `none` most of the time. */
export const faults = [
  /** The connection is reset before the service sees anything. */
  "reset",
  /** The service does it, and the answer is lost. */
  "lost answer",
  /** The head of the answer comes with half of its body. */
  "half answer",
  /** The answer is another program's page. */
  "wrong page",
  /** One byte of a transcript is another. (Nothing but TCP guards other answers against that.) */
  "wrong bytes",
  /** The request reaches the service twice. */
  "twice",
  /** The answer waits until another request was answered, so that answers come out of order. */
  "out of order",
  "408",
  "429",
  "500",
  "502",
  "503",
] as const;
export type Fault = (typeof faults)[number];

export interface FaultProxy extends AsyncDisposable {
  readonly url: string;
  /** What happened to each request, as `PUT /api/v1/blobs/…: lost answer`. */
  readonly log: string[];
  /** The fault of the next request, or none. */
  choose: (request: string) => Fault | undefined;
}

interface Answered {
  readonly head: string;
  readonly body: Uint8Array;
}

/** A proxy in front of a service, speaking plain HTTP/1.1 on a socket of its own, so that it can break anywhere. */
export async function openFaultProxy(target: string): Promise<FaultProxy> {
  const log: string[] = [];
  const sockets = new Set<Socket>();
  const held = new Set<() => void>();
  let underWay = 0;
  /** Whoever waits for another answer goes when one went, or when nobody is left who could go first. */
  const release = (isAnswered: boolean): void => {
    if (!isAnswered && held.size < underWay) return;
    for (const free of held) free();
    held.clear();
  };
  const proxy: Pick<FaultProxy, "log" | "choose"> = { log, choose: () => undefined };
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => {});
    let bytes = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      const request = parseRequest(bytes);
      if (request === undefined) return;
      bytes = Buffer.alloc(0);
      underWay++;
      void serve(socket, request).finally(() => {
        underWay--;
        release(false);
      });
    });
  });

  async function serve(socket: Socket, request: ParsedRequest): Promise<void> {
    const name = `${request.method} ${request.path.replace(/\?.*/, "")}`;
    const fault = proxy.choose(name);
    log.push(`${name}: ${fault ?? "none"}`);
    if (fault === "reset") return void socket.resetAndDestroy();
    if (fault !== undefined && /^\d+$/.test(fault)) {
      const body = JSON.stringify({ error: "failing on purpose", code: "test" });
      const extra = fault === "429" ? "Retry-After: 1\r\n" : "";
      return write(socket, {
        head: `HTTP/1.1 ${fault} X\r\nContent-Type: application/json\r\n${extra}`,
        body: Buffer.from(body),
      });
    }
    if (fault === "twice") await forward(target, request);
    const answer = await forward(target, request);
    if (answer === undefined || fault === "lost answer") return void socket.resetAndDestroy();
    if (fault === "wrong page") {
      return write(socket, {
        head: "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n",
        body: Buffer.from("<html>log in</html>"),
      });
    }
    if (fault === "half answer") {
      const length = `Content-Length: ${answer.body.length + 1}\r\nConnection: close\r\n\r\n`;
      socket.write(answer.head + length);
      socket.end(answer.body.subarray(0, answer.body.length >> 1));
      return;
    }
    const isBlob = request.method === "GET" && request.path.startsWith("/api/v1/blobs/");
    if (fault === "wrong bytes" && isBlob && answer.body.length > 0) {
      const at = answer.body.length >> 1;
      answer.body[at] = (answer.body[at] ?? 0) ^ 1;
    }
    if (fault === "out of order" && underWay > held.size + 1) {
      await new Promise<void>((free) => void held.add(free));
    }
    write(socket, answer);
    release(true);
  }

  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as { port: number };
  return Object.assign(proxy, {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      release(true);
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  });
}

function write(socket: Socket, { head, body }: Answered): void {
  socket.write(`${head}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n`);
  socket.end(body);
}

interface ParsedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: Buffer;
}

/** Undefined until the request is whole. */
function parseRequest(bytes: Buffer): ParsedRequest | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [first = "", ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n");
  const [method = "", path = ""] = first.split(" ");
  const headers = new Headers(
    lines.map((line) => line.split(/: ?(.*)/s).slice(0, 2) as [string, string]),
  );
  const rest = bytes.subarray(end + 4);
  if (headers.get("transfer-encoding") === "chunked") {
    const body = readChunks(rest);
    headers.delete("transfer-encoding");
    return body && { method, path, headers, body };
  }
  const length = Number(headers.get("content-length") ?? 0);
  return rest.length < length
    ? undefined
    : { method, path, headers, body: rest.subarray(0, length) };
}

function readChunks(bytes: Buffer): Buffer | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const line = bytes.indexOf("\r\n", at);
    if (line < 0) return undefined;
    const size = Number.parseInt(bytes.toString("latin1", at, line), 16);
    const start = line + 2;
    if (bytes.length < start + size + 2) return undefined;
    if (size === 0) return Buffer.concat(parts);
    parts.push(bytes.subarray(start, start + size));
    at = start + size + 2;
  }
}

async function forward(
  target: string,
  { method, path, headers, body }: ParsedRequest,
): Promise<Answered | undefined> {
  try {
    const passed = new Headers(headers);
    for (const name of ["host", "connection", "content-length"]) passed.delete(name);
    const hasBody = method !== "GET" && method !== "HEAD";
    const answer = await fetch(`${target}${path}`, {
      method,
      headers: passed,
      ...(hasBody ? { body: new Uint8Array(body) } : {}),
      redirect: "manual",
      decompress: false,
    });
    const content = await answer.bytes();
    const names = [...answer.headers].filter(
      ([name]) => !["content-length", "connection", "transfer-encoding", "date"].includes(name),
    );
    const lines = names.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    return { head: `HTTP/1.1 ${answer.status} X\r\n${lines}`, body: content };
  } catch {
    return undefined;
  }
}
