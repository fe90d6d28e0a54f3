import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sha256Hex } from "../../src/schema/digest.ts";
import { temporaryDirectory } from "./directories.ts";
import { seeded } from "./random.ts";
import { serverProcess } from "./server-process.ts";

const failing = join(import.meta.dir, "failing-program.ts");

export interface AppendKills {
  /** Who appends at the same time, each to a transcript of its own. */
  readonly appenders: number;
  /** How often the service is killed. */
  readonly rounds: number;
  readonly seed: number;
  /** Where the service is killed in each round; by default after a random number of answers. */
  readonly failAt?: readonly string[];
  /** For the control: another program after the first round. */
  readonly program?: string;
}

export interface AppendOutcome {
  readonly acknowledged: number;
  /** States that were acknowledged and cannot be read, or read as something else. */
  readonly wrong: readonly string[];
  /** Rounds that were ended by a kill at the place that was asked for. */
  readonly killed: readonly string[];
}

/** Appenders and `gc` in a loop against a service that is killed again and again; then every acknowledged state is read. */
export async function appendUnderKills({
  appenders,
  rounds,
  seed,
  failAt,
  program,
}: AppendKills): Promise<AppendOutcome> {
  using directory = temporaryDirectory();
  const data = join(directory.path, "service");
  const { next } = seeded(seed);
  const acknowledged: { id: string; text: string }[] = [];
  const texts = Array.from({ length: appenders }, (_, number) => `transcript ${number}\n`);
  const killed: string[] = [];
  let token = "";
  for (let round = 0; round < rounds; round++) {
    const place = failAt?.[round];
    const server = await serverProcess(data, {
      flags: ["--bootstrap", "acme/app", "--rate-limit", "0", "--quiet"],
      ...(program === undefined || round === 0 ? {} : { program }),
      ...(place === undefined ? {} : { program: failing, environment: { FAIL_AT: place } }),
    });
    token ||= String(server.answer["token"]);
    const headers = { Authorization: `Bearer ${token}` };
    const secret = readFileSync(join(data, "admin-secret"), "utf8").trim();
    // A place that is never reached must not keep the round going for ever.
    let left = place === undefined ? 20 + Math.floor(next() * 60) : 400;
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
        // Now and then the whole is uploaded, as by a client that knows of no base.
        let status = next() < 0.2 ? 409 : await ask(path, { method: "PUT", headers, body: more });
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
    if (place !== undefined && left > 0) killed.push(place);
  }
  const server = await serverProcess(data, { flags: ["--rate-limit", "0", "--quiet"] });
  const wrong: string[] = [];
  for (const { id, text } of acknowledged) {
    const answer = await fetch(`${server.url}/api/v1/blobs/${id}`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    if ((await answer.text()) !== text) wrong.push(id);
  }
  server.process.kill("SIGKILL");
  await server.process.exited;
  return { acknowledged: acknowledged.length, wrong, killed };
}
