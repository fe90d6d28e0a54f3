import { expect, test } from "bun:test";
import { parseRules } from "../../src/redaction/company/parse-rules.ts";
import { formats } from "../../src/redaction/formats.ts";
import { type Policy, createPolicy } from "../../src/redaction/policy.ts";
import { createRedactor } from "../../src/redaction/redactor.ts";
import { encodings, lottery, samplesOf } from "./samples.ts";

const text = [
  `[[rules]]\nid = "near"\nkeywords = ["key", "token"]`,
  `regex = '''(?i)(?:key|token)[^\\n]{0,12}?[:=]\\s*["']?([a-z0-9_/+-]{12,40})'''`,
  `[[rules]]\nid = "anywhere"\nregex = '''[A-Z]{3}-\\d{4}'''`,
].join("\n");
const rules = { rules: parseRules(text, "laws.toml").rules, text };
const policies = [createPolicy(), createPolicy({ rules, clock: () => 0 })];
const samples = formats.flatMap((format, index) => samplesOf(format, index + 1));
const body = "MIIEowIBAAKCAQEAz0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJ\n".repeat(15);
const key = `-----BEGIN RSA PRIVATE KEY-----\n${body}-----END RSA PRIVATE KEY-----`;

/** Lines as nobody would write them: secrets in every form, put into each other and cut anywhere. */
function drawLines(next: () => number): string[] {
  const below = (limit: number): number => Math.floor(next() * limit);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T;
  const forms = Object.values(encodings);
  const secret = (): string => {
    const { secret: bare, text: named } = pick(samples);
    const slashes = "\\".repeat(below(4));
    const all = [key, bare, named, key.slice(0, below(key.length)), `${slashes}${bare}${slashes}`];
    return pick([...all, `token="${bare.slice(0, 30)}" key: ABC-1234`]);
  };
  const line = (): string => {
    const plain = pick(forms).line(secret());
    const at = below(plain.length);
    const nested = JSON.stringify({
      x: JSON.stringify({ y: secret(), pad: "q ".repeat(below(9000)) }),
    });
    const cut = plain.slice(0, at) + secret() + plain.slice(at);
    return pick([plain, nested, cut, JSON.stringify({ [secret()]: 1, plain }), secret()]);
  };
  return Array.from({ length: 1 + below(5) }, line);
}

function redact(policy: Policy, whole: string, pieces: () => number): string {
  const redactor = createRedactor(policy);
  const bytes = Buffer.from(whole);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + pieces();
    parts.push(redactor.write(bytes.subarray(at, end)));
    at = end;
  }
  return Buffer.concat([...parts, redactor.end()]).toString();
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

test.each([1, 2, 3, 4])(
  "whatever stands in a transcript, the form of it holds to its laws (seed %d)",
  (seed) => {
    const next = lottery(seed * 7919);
    for (let round = 0; round < 60; round++) {
      const policy = policies[round % policies.length] as Policy;
      const whole = `${drawLines(next).join("\n")}\n`;
      const after = redact(policy, whole, () => 1_000_000);
      // However it comes in pieces.
      expect(redact(policy, whole, () => Math.floor(next() * 5000))).toBe(after);
      // A second run changes nothing.
      expect(redact(policy, after, () => 1_000_000)).toBe(after);
      // What was sent of it before stays its beginning.
      const cut = whole.lastIndexOf("\n", Math.floor(next() * whole.length)) + 1;
      expect(after.startsWith(redact(policy, whole.slice(0, cut), () => 1_000_000))).toBe(true);
      // JSON stays JSON.
      const [before, lines] = [whole.split("\n"), after.split("\n")];
      const broken = before.filter(
        (line, at) => before.length === lines.length && isJson(line) && !isJson(lines[at] ?? ""),
      );
      expect(broken).toEqual([]);
    }
  },
);
