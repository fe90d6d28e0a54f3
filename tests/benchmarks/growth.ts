/** What a push and a pull cost where a transcript of 200 MiB has gained a kibibyte. */
import { appendFileSync, closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { seeded } from "../support/random.ts";
import { bind, ours, recordSession, startService } from "./exchange.ts";
import { type Figure, ms } from "./report.ts";
import { makeScene } from "./scene.ts";

const mebibyte = 1024 * 1024;
const size = 200 * mebibyte;
const rounds = 5;

/** A line as an agent's transcript has it: mostly words, and no two lines alike. */
function lineOf(next: () => number, bytes: number): string {
  let text = "";
  while (text.length < bytes - 60) text += `${Math.floor(next() * 36 ** 4).toString(36)} changed `;
  return `${JSON.stringify({ type: "assistant", message: { content: text } })}\n`;
}

function writeTranscript(path: string, next: () => number): void {
  const lines = Array.from({ length: 512 }, () => lineOf(next, 2048)).join("");
  const file = openSync(path, "w");
  for (let at = 0; at < size; at += lines.length) writeSync(file, `{"part":${at}}\n${lines}`);
  closeSync(file);
}

export async function measureGrowth(directory: string): Promise<Figure[]> {
  await using service = await startService(join(directory, "service"));
  const [sender, receiver] = ["sender", "receiver"].map((name) => makeScene(join(directory, name)));
  if (sender === undefined || receiver === undefined) throw new Error("no scenes");
  for (const scene of [sender, receiver]) bind(scene, service);
  const { next } = seeded(1);
  const transcript = join(directory, "session.jsonl");
  writeTranscript(transcript, next);
  recordSession(sender, transcript);
  const whole = await ours(sender, "push");
  await ours(receiver, "pull");
  const [idle, grown, pulled]: [number[], number[], number[]] = [[], [], []];
  let [sent, received] = [0, 0];
  for (let round = 0; round < rounds; round++) {
    idle.push((await ours(sender, "push")).elapsed);
    appendFileSync(transcript, lineOf(next, 1024));
    const push = await ours(sender, "push");
    const pull = await ours(receiver, "pull");
    grown.push(push.elapsed);
    pulled.push(pull.elapsed);
    sent = Math.max(sent, Number(JSON.parse(push.stdout).bytes_sent));
    received = Math.max(received, Number(JSON.parse(pull.stdout).bytes_received));
  }
  const median = (times: number[]): number => times.toSorted((a, b) => a - b)[rounds >> 1] ?? 0;
  const floor = `${ms(median(idle))} (push with nothing new)`;
  return [
    { name: "first push, all of it", measured: ms(whole.elapsed) },
    {
      name: "push of 1 KiB more",
      measured: ms(median(grown)),
      floor,
      goal: "≤ 1,000 ms",
      met: median(grown) <= 1000,
    },
    { name: "bytes sent by it", measured: `${sent}`, goal: "≤ 65,536", met: sent <= 65_536 },
    { name: "pull of it", measured: ms(median(pulled)), floor },
    { name: "bytes received by that", measured: `${received}` },
  ];
}
