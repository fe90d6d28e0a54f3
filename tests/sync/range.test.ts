import { describe, expect, test } from "bun:test";
import { appendFileSync, existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { accountAt, openFront } from "./front.ts";
import { type Person, personAt } from "./person.ts";
import { addWork, checkSnapshots, contentsOf, writeTranscript } from "./work.ts";

const line = `{"text":"${"words of a session ".repeat(5)}"}\n`;
const whole = line.repeat(6_000);

const grow = (person: Person, text: string): void =>
  appendFileSync(join(person.home, "agent/session.jsonl"), text);

const ranges = (request: Request): string => request.headers.get("Range") ?? "none";
const isDownload = ({ method, url }: Request): boolean =>
  method === "GET" && url.includes("/blobs/");

/** Ada has pushed a transcript of 620 kB and Bob has pulled it. */
async function scene({ pulled = true } = {}) {
  const front = await openFront();
  const account = await accountAt(front);
  const [ada, bob] = [await personAt(account), await personAt(account)];
  addWork(ada, "session", whole);
  expect((await ada.ask(["push"])).exitCode).toBe(0);
  if (pulled) expect((await bob.ask(["pull"])).exitCode).toBe(0);
  return {
    front,
    ada,
    bob,
    /** Lets the transcript grow by so much text and pushes it. */
    async push(text: string) {
      grow(ada, text);
      expect((await ada.ask(["push"])).exitCode).toBe(0);
    },
    async pull() {
      const { exitCode, bytes_received: received, errors } = await bob.ask(["pull"]);
      return { exitCode, received: Number(received), errors };
    },
    compare() {
      expect(contentsOf(bob)["transcripts"]).toEqual(contentsOf(ada)["transcripts"]);
      checkSnapshots(bob);
      const names = readdirSync(bob.paths.conversations, { recursive: true }).map(String);
      expect(names.filter((name) => name.startsWith("incoming/"))).toEqual([]);
    },
    async [Symbol.asyncDispose]() {
      ada[Symbol.dispose]();
      bob[Symbol.dispose]();
      await front[Symbol.asyncDispose]();
    },
  };
}

/** What the service would answer, with another status or headers. */
async function altered(
  front: Awaited<ReturnType<typeof openFront>>,
  request: Request,
  { status, headers }: { status?: number; headers?: Record<string, string> },
): Promise<Response> {
  const real = await front.service.service.fetch(request);
  const bytes = await real.bytes();
  const init = { status: status ?? real.status, headers: { ...headers } };
  const range = real.headers.get("Content-Range");
  if (range !== null) init.headers["Content-Range"] ??= range;
  return new Response(bytes, init);
}

/** How much of a download is on Bob's disk. */
function arrived({ paths }: Person): number {
  const directory = join(paths.conversations, "incoming");
  if (!existsSync(directory)) return 0;
  return Math.max(0, ...readdirSync(directory).map((name) => statSync(join(directory, name)).size));
}

/**
 * Gives the transcript up to a byte, waits until that is on Bob's disk, and breaks off. (What is still on the way when a
 * connection breaks is lost.)
 */
function brokenAt(bob: Person, request: Request, end: number, then: () => void = () => {}) {
  const from = Number(/\d+/.exec(ranges(request))?.[0] ?? 0);
  let isGiven = false;
  const pull = async (controller: ReadableStreamDefaultController): Promise<void> => {
    if (!isGiven) {
      isGiven = true;
      return controller.enqueue(Buffer.from(whole.slice(from, end)));
    }
    while (arrived(bob) < end) await new Promise((resume) => setImmediate(resume));
    then();
    // Null, as Bun prints any other reason.
    controller.error(null);
  };
  const headers = { "Content-Range": `bytes ${from}-${whole.length - 1}/${whole.length}` };
  const init = from === 0 ? { status: 200 } : { status: 206, headers };
  return new Response(new ReadableStream({ pull }, { highWaterMark: 0 }), init);
}

describe("a transcript that has grown where it was pushed", () => {
  test("comes without what is here already", async () => {
    await using here = await scene();
    for (let turn = 0; turn < 3; turn++) {
      await here.push(line.repeat(10));
      const { exitCode, received } = await here.pull();
      expect(exitCode).toBe(0);
      expect(received).toBeLessThan(line.length * 10 + 5_000);
      here.compare();
    }
  });

  test("comes whole where the service gives no parts", async () => {
    await using here = await scene();
    await here.push(line);
    const { front } = here;
    front.answer = (request) => {
      if (!isDownload(request)) return undefined;
      expect(ranges(request)).toBe(`bytes=${whole.length}-`);
      const { url, headers } = request;
      const plain = new Headers(headers);
      plain.delete("Range");
      return front.service.service.fetch(new Request(url, { headers: plain }));
    };
    const { exitCode, received } = await here.pull();
    expect([exitCode, received > whole.length]).toEqual([0, true]);
    here.compare();
  });

  test.each([
    ["another part than was asked for", { headers: { "Content-Range": "bytes 5-9/10" } }],
    ["that it has no such part", { status: 416 }],
    ["no word of which part it is", { headers: { "Content-Range": "" } }],
  ])("comes whole where the service answers with %s", async (_name, change) => {
    await using here = await scene();
    await here.push(line);
    const { front } = here;
    front.answer = (request) =>
      isDownload(request) && request.headers.has("Range")
        ? altered(front, request, change)
        : undefined;
    expect((await here.pull()).exitCode).toBe(0);
    here.compare();
  });

  test("comes whole where it was written anew meanwhile", async () => {
    await using here = await scene();
    const asked: string[] = [];
    here.front.answer = (request) => {
      if (isDownload(request)) asked.push(ranges(request));
      return undefined;
    };
    writeTranscript(here.ada, "session", `other\n${whole}`);
    await here.push(line);
    expect((await here.pull()).exitCode).toBe(0);
    expect(asked).toEqual([`bytes=${whole.length}-`, "none"]);
    here.compare();
  });

  test("is cut off at the size that its row says, whatever follows what is here", async () => {
    await using here = await scene();
    await here.push(line);
    const before = contentsOf(here.bob)["transcripts"];
    const chunk = new Uint8Array(64 * 1024);
    let sent = 0;
    here.front.answer = (request) => {
      if (!isDownload(request)) return undefined;
      const pull = (controller: ReadableStreamDefaultController): void => {
        sent += chunk.length;
        controller.enqueue(chunk);
      };
      const headers = { "Content-Range": `bytes ${whole.length}-${whole.length + 10}/*` };
      return new Response(new ReadableStream({ pull }), { status: 206, headers });
    };
    const { exitCode, errors } = await here.pull();
    expect([exitCode, errors]).toMatchObject([8, [{ code: "too_many_bytes" }]]);
    expect(sent).toBeLessThan(16 * 1024 * 1024);
    expect(contentsOf(here.bob)["transcripts"]).toEqual(before);
    here.front.answer = () => undefined;
    expect((await here.pull()).exitCode).toBe(0);
    here.compare();
  });
});

describe("a download that breaks off", () => {
  test("goes on where it was, within a pull", async () => {
    await using here = await scene({ pulled: false });
    const { front, bob } = here;
    const asked: string[] = [];
    front.answer = (request) => {
      if (!isDownload(request)) return undefined;
      asked.push(ranges(request));
      return asked.length < 3 ? brokenAt(bob, request, asked.length * 100_000) : undefined;
    };
    const { exitCode, received } = await here.pull();
    expect(exitCode).toBe(0);
    expect(asked).toEqual(["none", "bytes=100000-", "bytes=200000-"]);
    expect(received).toBeLessThan(whole.length + 10_000);
    here.compare();
  });

  test("goes on in a later pull, after one that was killed", async () => {
    await using here = await scene({ pulled: false });
    const { front, bob } = here;
    const asked: string[] = [];
    const program = [process.execPath, join(import.meta.dir, "../../src/main.ts")];
    const start = () =>
      Bun.spawn([...program, "pull", "--no-progress"], {
        cwd: bob.repo.path,
        env: { PATH: process.env["PATH"], HOME: bob.home, AGENT_TRACE_HOME: bob.store },
        stdout: "ignore",
        stderr: "ignore",
      });
    let child: ReturnType<typeof start> | undefined;
    front.answer = (request) => {
      if (!isDownload(request)) return undefined;
      asked.push(ranges(request));
      const kill = (): void => child?.kill("SIGKILL");
      return asked.length === 1 ? brokenAt(bob, request, 150_000, kill) : undefined;
    };
    child = start();
    await child.exited;
    expect(child.signalCode).toBe("SIGKILL");
    expect((await here.pull()).exitCode).toBe(0);
    expect(asked).toEqual(["none", "bytes=150000-"]);
    here.compare();
  });
});
