import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { hasTokenChecksum, tokenChecksum } from "../../src/redaction/checksum.ts";
import { readEnvironmentSecrets } from "../../src/redaction/environment-values.ts";
import { formats } from "../../src/redaction/formats.ts";
import { createPolicy } from "../../src/redaction/policy.ts";
import { createLineRedactor } from "../../src/redaction/redact-line.ts";
import { createRedactor } from "../../src/redaction/redactor.ts";
import { adversarial } from "./adversarial.ts";
import { encodings, lottery, samplesOf } from "./samples.ts";

const policy = createPolicy();
const redact = (text: string, by = policy): string => {
  const redactor = createRedactor(by);
  return Buffer.concat([redactor.write(Buffer.from(text)), redactor.end()]).toString();
};
const transcripts = "../shared/data/transcripts";
const key = `-----BEGIN RSA PRIVATE KEY-----\n${Array.from({ length: 20 }, (_, line) => `MIIEow${"IBAAKCAQ".repeat(7)}${line % 10}`).join("\n")}\n-----END RSA PRIVATE KEY-----\n`;

describe("the table of formats", () => {
  test("names at least 200, each once and with where its provider shows it", () => {
    expect(formats.length).toBeGreaterThanOrEqual(200);
    expect(new Set(formats.map(({ id }) => id)).size).toBe(formats.length);
    expect(formats.filter(({ source }) => !URL.canParse(source))).toEqual([]);
  });

  test("knows the checksum in which tokens of GitHub and npm end", () => {
    expect(tokenChecksum("zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ")).toBe("0mLq17");
    expect(hasTokenChecksum(Buffer.from("zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq18"), 0)).toBe(false);
  });

  test("masks its samples in ten encodings, and a second run changes nothing", () => {
    const found: Record<string, [masked: number, all: number]> = {};
    const left = new Set<string>();
    for (const [index, format] of formats.entries()) {
      for (const { rule, secret, text } of samplesOf(format, 77 + index)) {
        for (const [name, { line, hides }] of Object.entries(encodings)) {
          const before = line(text);
          const after = redact(before);
          const isMasked = after !== before && !after.includes(hides(secret));
          const count = (found[name] ??= [0, 0]);
          count[1]++;
          if (isMasked) count[0]++;
          else left.add(`${name}: ${rule}`);
          if (redact(after) !== after) left.add(`again: ${name}: ${rule}`);
          if (before.startsWith("{")) JSON.parse(after);
        }
      }
    }
    for (const [name, [masked, all]] of Object.entries(found)) {
      console.log(`recall, ${name}: ${masked} of ${all}`);
    }
    const [masked, all] = Object.values(found).reduce(([a, b], [c, d]) => [a + c, b + d], [0, 0]);
    if (masked / all < 0.995) console.log([...left].join("\n"));
    expect(masked / all).toBeGreaterThanOrEqual(0.995);
    expect([...left].filter((name) => name.startsWith("again"))).toEqual([]);
  });
});

test("control: without the second decoding, secrets in JSON in JSON stay", () => {
  const shallow = createLineRedactor(policy, { levels: 1 });
  const whole = createLineRedactor(policy);
  const missed = formats
    .flatMap((format, index) => samplesOf(format, 77 + index))
    .map(({ text }) => Buffer.from(encodings["json twice"]!.line(`-----\n${text}`)))
    .filter((line) => whole.redact(line).hits.length > 0 && shallow.redact(line).hits.length === 0);
  expect(missed.length).toBeGreaterThan(10);
});

describe("redaction", () => {
  test.each([
    ["as text", key, "[redacted:private-key]"],
    ["in JSON", JSON.stringify({ text: key }), "[redacted:private-key]"],
    ["in JSON in JSON", JSON.stringify({ a: JSON.stringify({ key }) }), "[redacted:private-key]"],
    ["cut off", JSON.stringify({ text: key.slice(0, 500) }), "[redacted:private-key]"],
    [
      "with line numbers",
      JSON.stringify({ text: key.replace(/^/gm, "   12\u2192") }),
      "private-key",
    ],
  ])("masks a private key %s", (_, text, mask) => {
    const after = redact(text);
    expect(after).toContain(mask);
    expect(after).not.toContain("IBAAKCAQIBAAKCAQ");
    if (text.startsWith("{")) JSON.parse(after);
  });

  test.each([". Then", ", then", ".txt", "; so", "!", ")", ": so", "?", "...", "'", "`", "</a>"])(
    "masks a token before %j",
    (behind) => {
      const missed = formats
        .filter(({ near }) => near === undefined)
        .flatMap((format, index) => samplesOf(format, 77 + index))
        .filter(({ secret }) => redact(`see ${secret}${behind}`).includes(secret))
        .map(({ rule }) => rule);
      expect(missed).toEqual([]);
    },
  );

  test("masks our own secrets and values of `.env` wherever they stand", () => {
    const secrets = readEnvironmentSecrets(
      'DB_PASSWORD="korrekt-pferd"\nNAME=production\nPORT=12345678\nexport X=aB3"x#\nURL=https://example.org/a\nTOKEN=zürich-9-see # main\n',
    );
    expect(secrets.map(({ value }) => value)).toEqual(["korrekt-pferd", "zürich-9-see"]);
    const own = createPolicy({ secrets });
    for (const { value } of secrets) {
      for (const { line } of Object.values(encodings)) {
        expect(redact(line(`it is ${value}, really`), own)).toContain("[redacted:env-value]");
      }
    }
  });

  test.each([
    [
      '{"url":"postgres://app:s3cr3tPw9x@db.internal/main"}',
      '{"url":"postgres://app:[redacted:url-password]@db.internal/main"}',
    ],
    ['{"password":"hunter2-XyZ9"}', '{"password":"[redacted:password]"}'],
    [
      "Authorization: Bearer 9fK2mQ7xR4tV8wZ1aB5cD3eF",
      "Authorization: Bearer [redacted:authorization]",
    ],
    ['export const password = "password123";', 'export const password = "password123";'],
    ["const token = process.env.GITHUB_TOKEN;", "const token = process.env.GITHUB_TOKEN;"],
    [
      '"input_tokens":12345,"tokenizer":"cl100k_base"',
      '"input_tokens":12345,"tokenizer":"cl100k_base"',
    ],
  ])("reads %s as %s", (before, after) => {
    expect(redact(before)).toBe(after);
  });

  test("masks a token that a line break cuts apart", () => {
    const [sample] = samplesOf(
      formats.find(({ id }) => id === "github-personal-token")!,
      5,
    );
    const broken = `see ${sample!.secret.slice(0, 20)}\n${sample!.secret.slice(20)} there`;
    expect(redact(JSON.stringify({ text: broken }))).toBe(
      '{"text":"see [redacted:github-personal-token] there"}',
    );
  });

  test.each([3, 12, 40])("masks a token of %d KiB whole, wherever blocks end", (kibibytes) => {
    const next = lottery(kibibytes);
    const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    const drawn = Array.from({ length: kibibytes * 1024 }, () => letters[Math.floor(next() * 64)]);
    const token = `eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ${drawn.join("")}.${"aB3-".repeat(12)}`;
    for (const before of [0, 9000, 13_000, 16_370]) {
      const words = "it is ".repeat(before / 6);
      expect(redact(JSON.stringify({ words, token }))).toBe(
        JSON.stringify({ words, token: "[redacted:jwt]" }),
      );
    }
  });

  test("leaves a value alone whose SHA-256 is allowed", () => {
    const [sample] = samplesOf(
      formats.find(({ id }) => id === "npm-token")!,
      6,
    );
    const hash = new Bun.CryptoHasher("sha256").update(sample!.secret).digest("hex");
    expect(redact(sample!.text, createPolicy({ allow: { hashes: [hash] } }))).toBe(sample!.text);
    expect(redact(sample!.text)).not.toBe(sample!.text);
  });

  test("gives a transcript that grew a form that begins with what was sent before", () => {
    const lines = formats.slice(0, 60).flatMap((format, index) => samplesOf(format, index + 1));
    const whole = `${lines.map(({ text }) => JSON.stringify({ text })).join("\n")}\n${key}`;
    const after = redact(whole);
    for (let at = whole.indexOf("\n"); at >= 0; at = whole.indexOf("\n", at + 1)) {
      expect(after.startsWith(redact(whole.slice(0, at + 1)))).toBe(true);
    }
  });

  test("gives the same whatever the sizes of the chunks", () => {
    const whole = `${JSON.stringify({ text: key })}\n${"x".repeat(40_000)}\nghp_short\n`;
    const redactor = createRedactor(policy);
    const parts: Uint8Array[] = [];
    // One buffer for all of them, as who reads a file has it.
    const buffer = Buffer.alloc(777);
    for (let at = 0; at < whole.length; at += 777) {
      const size = buffer.write(whole.slice(at, at + 777), "latin1");
      parts.push(redactor.write(buffer.subarray(0, size)));
    }
    expect(Buffer.concat([...parts, redactor.end()]).toString()).toBe(redact(whole));
  });

  test("changes nothing in hashes, integrity sums, UUIDs, images and a lock file", () => {
    const next = lottery(9);
    const drawn = (alphabet: string, length: number): string =>
      Array.from({ length }, () => alphabet[Math.floor(next() * alphabet.length)]).join("");
    const hex = "0123456789abcdef";
    const base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const lines = Array.from({ length: 400 }, () => [
      `${drawn(hex, 40)} refs/heads/main`,
      `"integrity": "sha512-${drawn(base64, 86)}=="`,
      `"id":"${drawn(hex, 8)}-${drawn(hex, 4)}-4${drawn(hex, 3)}-a${drawn(hex, 3)}-${drawn(hex, 12)}"`,
      `sha256:${drawn(hex, 64)}  src/token/secret.ts`,
      `data:image/png;base64,iVBORw0KGgo${drawn(base64, 600)}=`,
    ]).flat();
    const text = `${lines.join("\n")}\n${readFileSync("bun.lock", "utf8")}`;
    expect(redact(text)).toBe(text);
  });

  test.skipIf(!existsSync(transcripts))(
    "changes no line of real transcripts without secrets",
    () => {
      const changed: string[] = [];
      for (const name of readdirSync(transcripts).filter((file) => file !== "manifest.json")) {
        const text = readFileSync(`${transcripts}/${name}`, "utf8");
        const after = redact(text).split("\n");
        text.split("\n").forEach((line, at) => {
          if (Buffer.from(line).toString() !== after[at]) changed.push(`${name}:${at + 1}`);
        });
      }
      expect(changed).toEqual([]);
    },
    60_000,
  );

  test.each(adversarial)("costs no more than the length of %s", (_, unit) => {
    const cost = (bytes: number): number => {
      const lines = createLineRedactor(policy);
      lines.redact(Buffer.from(unit.repeat(bytes / unit.length)));
      return lines.work;
    };
    const small = cost(64 * 1024);
    expect(cost(256 * 1024) / small).toBeLessThan(5);
    expect(small / (64 * 1024)).toBeLessThan(40);
  });
});
