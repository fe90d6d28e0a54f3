import { existsSync, readFileSync, readdirSync } from "node:fs";
import { describe, expect, test } from "bun:test";
import { parseRules } from "../../src/redaction/company/parse-rules.ts";
import { type Policy, createPolicy } from "../../src/redaction/policy.ts";
import { createRedactor } from "../../src/redaction/redactor.ts";
import { type FileList, openSourceLists } from "./file-lists.ts";

const real = "../shared/data/transcripts";

/** The lines that redaction changes, with how they read then. */
function changedLines({ name, text }: FileList, policy: Policy): string[] {
  const redactor = createRedactor(policy);
  const after = Buffer.concat([redactor.write(Buffer.from(text)), redactor.end()]).toString();
  if (after === Buffer.from(text).toString()) return [];
  const lines = after.split("\n");
  return text
    .split("\n")
    .flatMap((line, at) =>
      Buffer.from(line).toString() === lines[at]
        ? []
        : [
            `${name}:${at + 1}: ${(lines[at] ?? "").match(/.{0,40}\[redacted:[^\]]*\].{0,20}/)?.[0]}`,
          ],
    );
}

describe("texts without secrets", () => {
  const lists = openSourceLists();
  const lines = lists.reduce((sum, { text }) => sum + text.split("\n").length, 0);
  console.log(`precision: ${lists.length} lists of open-source files, ${lines} lines`);

  test("are lists of the files of at least 20 open-source projects", () => {
    expect(lists.length).toBeGreaterThanOrEqual(20);
    const kinds = [/^\d+ blob [0-9a-f]{40}/m, /sha512-/, /h1:/, /-5[0-9a-f]{3}-8/, /data:image/];
    for (const kind of kinds) {
      expect(lists.filter(({ text }) => kind.test(text)).length).toBeGreaterThanOrEqual(20);
    }
  });

  test("keep every line of those lists, as text and as what an agent read", () => {
    const policy = createPolicy();
    const changed = lists.flatMap((list) => {
      const read = {
        type: "user",
        message: { content: [{ type: "tool_result", content: list.text }] },
      };
      return [
        ...changedLines(list, policy),
        ...changedLines({ ...list, text: JSON.stringify(read) }, policy),
      ];
    });
    expect(changed).toEqual([]);
  });

  test.skipIf(!existsSync(real))("keep every line of real transcripts", () => {
    const policy = createPolicy();
    const names = readdirSync(real).filter((name) => name !== "manifest.json");
    const changed = names.flatMap((name) =>
      changedLines({ name, text: readFileSync(`${real}/${name}`, "utf8") }, policy),
    );
    console.log(`precision: ${changed.length} lines changed in ${names.length} real transcripts`);
    expect(changed).toEqual([]);
  });

  test("control: without filters lines of them are changed", () => {
    const policy = createPolicy({ isFiltered: false });
    const changed = lists.filter((list) => changedLines(list, policy).length > 0);
    console.log(
      `precision without filters: ${changed.length} lists of ${lists.length} are changed`,
    );
    expect(changed.length).toBeGreaterThan(0);
  });

  test("control: a rule that goes by entropy alone changes every list", () => {
    const text = `[[rules]]\nid = "any"\nregex = "[A-Za-z0-9+/=_-]{32,}"\nentropy = 3.0\n`;
    const { rules } = parseRules(text, "any.toml");
    const policy = createPolicy({ rules: { rules, text }, clock: () => 0 });
    const short = lists.slice(0, 20).map((list) => ({ ...list, text: list.text.slice(0, 8192) }));
    expect(short.filter((list) => changedLines(list, policy).length === 0)).toEqual([]);
  });
});
