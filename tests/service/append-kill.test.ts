import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sha256Hex } from "../../src/schema/digest.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { seeded } from "../support/random.ts";
import { serverProcess } from "../support/server-process.ts";

const appenders = 12;
const rounds = 6;

test("appenders, gc in a loop and kills: every acknowledged state of every transcript can be read", async () => {
  using directory = temporaryDirectory();
  const data = join(directory.path, "service");
  const { next } = seeded(20_261_125);
  const acknowledged: { id: string; text: string }[] = [];
  const texts = Array.from({ length: appenders }, (_, number) => `transcript ${number}\n`);
  let token = "";
  for (let round = 0; round < rounds; round++) {
    const server = await serverProcess(data, {
      flags: ["--bootstrap", "acme/app", "--rate-limit", "0", "--quiet"],
    });
    token ||= String(server.answer["token"]);
    const headers = { Authorization: `Bearer ${token}` };
    const secret = readFileSync(join(data, "admin-secret"), "utf8").trim();
    let left = 20 + Math.floor(next() * 60);
    const heard = (): void => {
      if (--left === 0) server.process.kill("SIGKILL");
    };
    const ask = async (path: string, init: RequestInit): Promise<number | undefined> => {
      try {
        const answer = await fetch(`${server.url}${path}`, init);
        await answer.text();
        return answer.status;
      } catch {
        return undefined;
      }
    };
    const write = async (number: number): Promise<void> => {
      for (;;) {
        const before = texts[number] ?? "";
        // Now and then the last line is written anew.
        const kept = next() < 0.2 ? before.lastIndexOf("\n", before.length - 2) + 1 : before.length;
        const more = `${"y".repeat(Math.floor(next() * 4000))} ${next()}\n`;
        const whole = before.slice(0, kept) + more;
        const base = sha256Hex(before);
        const path = `/api/v1/blobs/${sha256Hex(whole)}?base=${base}&offset=${Buffer.byteLength(before.slice(0, kept))}`;
        let status = await ask(path, { method: "PUT", headers, body: more });
        if (status === 409)
          status = await ask("/api/v1/blobs", { method: "POST", headers, body: whole });
        if (status === undefined) return;
        if (status !== 200 && status !== 201) continue;
        texts[number] = whole;
        acknowledged.push({ id: sha256Hex(whole), text: whole });
        heard();
      }
    };
    const collect = async (): Promise<void> => {
      const init = { method: "POST", headers: { "X-Admin-Secret": secret }, body: "{}" };
      while ((await ask("/api/v1/gc", init)) !== undefined);
    };
    await Promise.all([...texts.keys()].map(write).concat(collect()));
    await server.process.exited;
  }
  const server = await serverProcess(data, { flags: ["--rate-limit", "0", "--quiet"] });
  const wrong: string[] = [];
  for (const { id, text } of acknowledged) {
    const answer = await fetch(`${server.url}/api/v1/blobs/${id}`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    if ((await answer.text()) !== text) wrong.push(id);
  }
  expect(acknowledged.length).toBeGreaterThan(rounds * 20);
  expect(wrong).toEqual([]);
  server.process.kill("SIGKILL");
  await server.process.exited;
}, 60_000);
