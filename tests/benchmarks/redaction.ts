import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parseRules } from "../../src/redaction/company/parse-rules.ts";
import { type Policy, createPolicy } from "../../src/redaction/policy.ts";
import { createRedactor } from "../../src/redaction/redactor.ts";
import { adversarial } from "../redaction/adversarial.ts";
import { otherScannersRules } from "../redaction/other-scanner.ts";
import { type Figure, ms } from "./report.ts";

const mebibyte = 1024 * 1024;
const goal = 20;

/** Real transcripts where they are at hand, else the program's own texts as an agent would have read them. */
function transcripts(): Uint8Array[] {
  const real = "../shared/data/transcripts";
  if (existsSync(real)) {
    const names = readdirSync(real).filter((name) => name !== "manifest.json");
    return names.map((name) => readFileSync(join(real, name)));
  }
  const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  const lines = files.map((name) => {
    const content = readFileSync(join("src", name), "utf8");
    return `${JSON.stringify({ type: "user", message: { content, path: name } })}\n`;
  });
  return [Buffer.from(lines.join("").repeat(8))];
}

function redact(policy: Policy, bytes: Uint8Array): void {
  const redactor = createRedactor(policy);
  for (let at = 0; at < bytes.length; at += mebibyte) {
    redactor.write(bytes.subarray(at, at + mebibyte));
  }
  redactor.end();
}

/** Milliseconds in which a core worked: what else runs on the machine does not count. */
function timed(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** What any program of this language pays for looking at each byte once. */
function readEach(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at++) sum = (sum + (bytes[at] as number)) | 0;
  return sum;
}

export async function measureRedaction(): Promise<Figure[]> {
  const texts = transcripts();
  const size = texts.reduce((sum, { length }) => sum + length, 0) / mebibyte;
  const policy = createPolicy();
  const rate = (by: Policy, rounds: number): number => {
    const times = Array.from({ length: rounds }, () =>
      timed(() => texts.forEach((text) => redact(by, text))),
    );
    return (size / Math.min(...times)) * 1000;
  };
  const floor = (size / timed(() => texts.forEach(readEach))) * 1000;
  const first = rate(policy, 1);
  const warm = rate(policy, 3);
  const worst = adversarial
    .map(([name, unit]) => {
      const bytes = Buffer.from(unit.repeat(Math.ceil(mebibyte / unit.length)).slice(0, mebibyte));
      return { name, time: timed(() => redact(policy, bytes)) };
    })
    .toSorted((a, b) => b.time - a.time);
  const slowest = worst[0] ?? { name: "", time: Number.NaN };
  const speed = (value: number): string => `${value.toFixed(1)} MiB/s`;
  const figures: Figure[] = [
    { name: `transcripts of ${size.toFixed(0)} MiB, first round`, measured: speed(first) },
    {
      name: "transcripts, warm",
      measured: speed(warm),
      floor: speed(floor),
      goal: `≥ ${goal} MiB/s a core`,
      met: warm >= goal,
    },
    {
      name: `the slowest 1 MiB of ${adversarial.length}: ${slowest.name}`,
      measured: ms(slowest.time),
      goal: "≤ 1000 ms",
      met: slowest.time <= 1000,
    },
  ];
  const theirs = otherScannersRules();
  if (theirs === undefined) return figures;
  const rules = { rules: parseRules(theirs, "rules.toml").rules, text: theirs };
  const measured = speed(rate(createPolicy({ rules }), 1));
  return [...figures, { name: `with ${rules.rules.length} rules of a company beside`, measured }];
}
