import { charactersIn } from "../../src/redaction/alphabets.ts";
import { tokenChecksum } from "../../src/redaction/checksum.ts";
import type { Format } from "../../src/redaction/formats.ts";
import { parseShape } from "../../src/redaction/shape.ts";

/** Numbers that look drawn by lot and are the same at every run. */
export function lottery(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

function draw(shape: string, next: () => number): string {
  return parseShape(shape)
    .map((part) => {
      if (part.kind === "literal") return part.text;
      const characters = charactersIn(part.name);
      const length = part.most === Infinity ? part.least + 12 : part.least;
      const digits = charactersIn("digit");
      const text = Array.from(
        { length },
        () => characters[Math.floor(next() * characters.length)] ?? "",
      );
      // A value drawn by lot nearly always has a digit and a letter: the few that do not are drawn again.
      if (
        length >= 8 &&
        characters.includes("7") &&
        !text.some((letter) => digits.includes(letter))
      ) {
        text[3] = "7";
      }
      return text.join("");
    })
    .join("");
}

export interface Sample {
  readonly rule: string;
  readonly secret: string;
  /** A text in which it stands as it does in life. */
  readonly text: string;
}

/** One secret of each shape of a format. */
export function samplesOf(format: Format, seed: number): Sample[] {
  const next = lottery(seed);
  return format.shapes.map((shape) => {
    let secret = draw(shape, next);
    if (format.checksum === true) {
      const body = secret.slice(-36, -6);
      secret = secret.slice(0, -6) + tokenChecksum(body);
    }
    const [name] = format.near ?? [];
    const text = name === undefined ? `use ${secret} here` : `${name}_key = "${secret}"`;
    return { rule: format.id, secret, text };
  });
}

const inJson = (text: string): string => JSON.stringify({ role: "user", text });

/** The ways in which a text stands in a transcript's line; `hides` gives what must not be left of a secret. */
export const encodings: Readonly<
  Record<string, { line(text: string): string; hides(secret: string): string }>
> = {
  plain: { line: (text) => text, hides: (secret) => secret },
  json: { line: inJson, hides: (secret) => JSON.stringify(secret).slice(1, -1) },
  "json twice": {
    line: (text) => inJson(`\n${inJson(`\n${text}\n`)}\n`),
    hides: (secret) => JSON.stringify(JSON.stringify(secret).slice(1, -1)).slice(1, -1),
  },
  "\\u beside it": {
    line: (text) => inJson(text).replace("user", "us\\u0065r").replace(/ /g, "\\u0020"),
    hides: (secret) => JSON.stringify(secret).slice(1, -1),
  },
  "\\/": {
    line: (text) => inJson(text).replaceAll("/", "\\/"),
    hides: (secret) => JSON.stringify(secret).slice(1, -1).replaceAll("/", "\\/"),
  },
  url: {
    line: (text) => `{"url":"https://example.org/?q=${encodeURIComponent(text)}"}`,
    hides: (secret) => encodeURIComponent(secret),
  },
  base64: {
    line: (text) =>
      inJson(Buffer.from(`Something before it. ${text} And behind.`).toString("base64")),
    hides: (secret) => Buffer.from(secret).toString("base64").slice(4, 20),
  },
  key: {
    line: (text) => JSON.stringify({ [text]: 1 }),
    hides: (secret) => JSON.stringify(secret).slice(1, -1),
  },
  id: {
    line: (text) => JSON.stringify({ type: "tool", id: text }),
    hides: (secret) => JSON.stringify(secret).slice(1, -1),
  },
  "across a block": {
    line: (text) => inJson(`${"lorem ipsum ".repeat(1362)} ${text}`),
    hides: (secret) => JSON.stringify(secret).slice(1, -1),
  },
};
