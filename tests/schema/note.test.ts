import { expect, test } from "bun:test";
import type { Ledger } from "../../src/schema/ledger.ts";
import { ledgerHash } from "../../src/schema/note.ts";
import { sha256Hex } from "../../src/schema/digest.ts";

const ledger = (files: object): Ledger =>
  ({ version: "2.0", commit_sha: "c", trace_ids: [], files }) as unknown as Ledger;

test("a ledger's hash is that of its JSON with keys sorted as UTF-8 sorts them, without spaces", () => {
  const file = '{"line_attributions":[]}';
  // U+FF5A comes before U+1D11E in UTF-8, and behind it in the order of JavaScript's own strings.
  const [wide, clef] = ["\uff5a.ts", "\u{1d11e}.ts"];
  const files = { b: JSON.parse(file), [clef]: JSON.parse(file), [wide]: JSON.parse(file) };
  const text = `{"commit_sha":"c","files":{"b":${file},"${wide}":${file},"${clef}":${file}},"trace_ids":[],"version":"2.0"}`;
  expect(ledgerHash(ledger(files))).toBe(`sha256:${sha256Hex(text)}`);
});

test("the hashes of lines are written as anything else is", () => {
  const hashed = [
    { line: 2, hash: "sha256:b" },
    { hash: "sha256:c", line: 3 },
  ];
  const odd = [{ line: 2, hash: "sha256:b", more: null }];
  const segment = (evidence: object[]) => ({ "a.ts": { line_attributions: [{ evidence }] } });
  const text = (evidence: string) =>
    `{"commit_sha":"c","files":{"a.ts":{"line_attributions":[{"evidence":[${evidence}]}]}},"trace_ids":[],"version":"2.0"}`;
  const plain = '{"hash":"sha256:b","line":2},{"hash":"sha256:c","line":3}';
  expect(ledgerHash(ledger(segment(hashed)))).toBe(`sha256:${sha256Hex(text(plain))}`);
  const more = '{"hash":"sha256:b","line":2,"more":null}';
  expect(ledgerHash(ledger(segment(odd)))).toBe(`sha256:${sha256Hex(text(more))}`);
});

test("what is not said does not count, and the order in which it is said does not either", () => {
  const one = { ...ledger({}), parent_sha: undefined } as unknown as Ledger;
  const { files, ...rest } = ledger({});
  expect(ledgerHash(one)).toBe(ledgerHash({ files, ...rest }));
});
