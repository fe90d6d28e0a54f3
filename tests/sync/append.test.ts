import { describe, expect, test } from "bun:test";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { inlineBytes } from "../../src/schema/conversation.ts";
import { sha256Hex } from "../../src/schema/digest.ts";
import { accountAt, openFront } from "./front.ts";
import { type Person, personAt } from "./person.ts";
import { addWork, contentsOf, writeTranscript } from "./work.ts";

const line = `{"text":"${"words of a session ".repeat(5)}"}\n`;
const whole = line.repeat(6_000);

const grow = (person: Person, text: string): void =>
  appendFileSync(join(person.home, "agent/session.jsonl"), text);

/** Ada has pushed a transcript of 620 kB; what her later pushes send of transcripts is counted. */
async function scene() {
  const front = await openFront();
  const account = await accountAt(front);
  const ada = await personAt(account);
  addWork(ada, "session", whole);
  expect((await ada.ask(["push"])).exitCode).toBe(0);
  front.log.length = 0;
  return {
    front,
    ada,
    /** Requests about blobs since then. */
    blobs: () => front.log.filter((entry) => entry.includes("/blobs")),
    async push() {
      const { exitCode, bytes_sent: sent, errors } = await ada.ask(["push", "--no-progress"]);
      return { exitCode, sent: Number(sent), errors };
    },
    /** What a teammate reads after a pull, beside what Ada has. */
    async compare() {
      using bob = await personAt(account);
      expect((await bob.type(["pull"])).exitCode).toBe(0);
      expect(contentsOf(bob)["transcripts"]).toEqual(contentsOf(ada)["transcripts"]);
    },
    async [Symbol.asyncDispose]() {
      ada[Symbol.dispose]();
      await front[Symbol.asyncDispose]();
    },
  };
}

const conflict = (code: string): Response => Response.json({ error: "no", code }, { status: 409 });

/** Lets the service say that it can append, in steps of so many bytes. */
const inStepsOf =
  (bytes: number, more: (request: Request) => Response | undefined = () => undefined) =>
  (request: Request): Response | undefined =>
    request.url.includes("/version")
      ? Response.json({
          capabilities: ["blobs-missing", "blob-append"],
          limits: { append_bytes: bytes },
        })
      : more(request);

describe("a transcript that has grown", () => {
  test("costs what it has gained, and a teammate reads it whole", async () => {
    await using here = await scene();
    for (let turn = 1; turn <= 3; turn++) {
      grow(here.ada, line.repeat(10));
      const { exitCode, sent } = await here.push();
      expect(exitCode).toBe(0);
      expect(sent).toBeGreaterThan(line.length * 10);
      expect(sent).toBeLessThan(line.length * 10 + 2_000);
    }
    const methods = here.blobs().map((entry) => entry.split(" ")[0]);
    expect(methods).toEqual(["POST", "PUT", "POST", "PUT", "POST", "PUT"]);
    await here.compare();
  });

  test("goes whole to a service that cannot append", async () => {
    await using here = await scene();
    here.front.answer = (request) =>
      request.url.includes("/version")
        ? Response.json({ capabilities: ["blobs-missing"] })
        : undefined;
    grow(here.ada, line);
    const { exitCode, sent } = await here.push();
    expect([exitCode, sent > whole.length]).toEqual([0, true]);
    await here.compare();
  });

  test("is built on an older form of it where the service has lost the last one", async () => {
    await using here = await scene();
    grow(here.ada, line);
    await here.push();
    const lost = sha256Hex(whole + line);
    here.front.answer = (request) =>
      request.method === "PUT" && request.url.includes(`base=${lost}`)
        ? conflict("base_unknown")
        : undefined;
    grow(here.ada, line);
    const { exitCode, sent } = await here.push();
    expect([exitCode, sent < 3_000]).toEqual([0, true]);
    await here.compare();
  });

  test.each(["base_unknown", "base_short"])(
    "goes whole where the service answers %s of every form of it",
    async (code) => {
      await using here = await scene();
      here.front.answer = (request) => (request.method === "PUT" ? conflict(code) : undefined);
      grow(here.ada, line);
      const { exitCode, sent } = await here.push();
      expect([exitCode, sent > whole.length]).toEqual([0, true]);
      await here.compare();
    },
  );

  test("goes whole, once, where the service finds another digest", async () => {
    await using here = await scene();
    here.front.answer = (request) =>
      request.method === "PUT"
        ? Response.json({ error: "no", code: "digest_mismatch" }, { status: 422 })
        : undefined;
    grow(here.ada, line);
    expect((await here.push()).exitCode).toBe(0);
    expect(here.blobs().map((entry) => entry.split(" ")[0])).toEqual(["POST", "PUT", "POST"]);
    await here.compare();
  });

  test("is reported where the service does not take it whole either", async () => {
    await using here = await scene();
    here.front.answer = (request) =>
      request.method === "PUT" || (request.method === "POST" && request.url.endsWith("/blobs"))
        ? Response.json({ error: "no such bytes", code: "digest_mismatch" }, { status: 422 })
        : undefined;
    grow(here.ada, line);
    const { exitCode, errors } = await here.push();
    expect([exitCode, errors]).toMatchObject([8, [{ resource: "conversations" }]]);
  });

  test("that was written anew goes whole", async () => {
    await using here = await scene();
    writeTranscript(here.ada, "session", `other\n${whole}`);
    const { exitCode, sent } = await here.push();
    expect([exitCode, sent > whole.length]).toEqual([0, true]);
    await here.compare();
  });

  test("stays inside its row as long as it is small", async () => {
    await using front = await openFront();
    using ada = await personAt(await accountAt(front));
    addWork(ada, "session", "small\n");
    for (const text of ["", "more\n", "x".repeat(inlineBytes - 20)]) {
      grow(ada, text);
      expect((await ada.type(["push"])).exitCode).toBe(0);
    }
    expect(front.log.filter((entry) => entry.includes("/blobs"))).toEqual([]);
    grow(ada, line);
    expect((await ada.type(["push"])).exitCode).toBe(0);
    const sent = front.log.filter((entry) => entry.startsWith("PUT"));
    expect(sent).toHaveLength(1);
  });

  test("goes in steps; a push that broke off goes on behind the last of them", async () => {
    await using here = await scene();
    const step = 100_000;
    let taken = 0;
    here.front.answer = inStepsOf(step, (request) => {
      if (request.method !== "PUT") return undefined;
      return ++taken > 3 ? Response.json({ error: "no" }, { status: 403 }) : undefined;
    });
    grow(here.ada, line.repeat(6_000));
    expect((await here.push()).exitCode).not.toBe(0);
    here.front.answer = inStepsOf(step);
    here.front.log.length = 0;
    grow(here.ada, line);
    const { exitCode, sent } = await here.push();
    expect(exitCode).toBe(0);
    expect(sent).toBeLessThan(line.length * 6_001 - 3 * (step - line.length) + 3_000);
    expect(here.blobs().filter((entry) => entry.startsWith("PUT")).length).toBeGreaterThan(3);
    await here.compare();
  });
});

test("a transcript's first upload goes in steps too where it is longer than one", async () => {
  await using front = await openFront();
  const account = await accountAt(front);
  using ada = await personAt(account);
  addWork(ada, "session", whole);
  front.answer = inStepsOf(200_000);
  expect((await ada.ask(["push"])).exitCode).toBe(0);
  const methods = front.log
    .filter((entry) => entry.includes("/blobs") && !entry.includes("missing"))
    .map((entry) => entry.split(" ")[0]);
  expect(methods).toEqual(["POST", "PUT", "PUT", "PUT"]);
  using bob = await personAt(account);
  expect((await bob.type(["pull"])).exitCode).toBe(0);
  expect(contentsOf(bob)["transcripts"]).toEqual(contentsOf(ada)["transcripts"]);
});
