import { describe, expect, test } from "bun:test";
import { fitGitAi } from "../../src/attribution/fit-git-ai.ts";
import { agentBehind, parseGitAiNote, renderGitAiNote } from "../../src/schema/git-ai-note.ts";

const agent = (tool: string, model: string) => ({ agent_id: { tool, id: "6ef2299e", model } });
const metadata = {
  schema_version: "authorship/3.0.0",
  git_ai_version: "1.7.5",
  base_commit_sha: "7734793b756b3921c88db5375a8c156e9532447b",
  prompts: {
    d9978a8723e02b52: {
      ...agent("cursor", "claude-4.5-opus"),
      human_author: "Ada <ada@example.com>",
      messages: [{ type: "user", text: "Add --- error handling\n---\n" }],
      total_additions: 25,
      overriden_lines: 0,
    },
    "967bda7": agent("copilot", "unknown"),
  },
  sessions: {
    s_a76964380084ef: { ...agent("claude", "claude-opus-5"), custom_attributes: { team: "x" } },
  },
  humans: { h_dca485b1adf836: { author: "Bob <bob@example.com>" } },
  of_another_version: [1, { "a b": null }],
};

const full = [
  "src/main.rs",
  "  d9978a8723e02b52 1-4,9,12",
  "  s_a76964380084ef::t_a3a130d3e145e3 5-6",
  "  h_dca485b1adf836 7-8",
  '"src/my file.rs"',
  "  967bda7 1",
  "ä/ü.rs",
  "  967bda7 2147483647",
  '"---"',
  "  s_a76964380084ef 3",
  "---",
  JSON.stringify(metadata, null, 2),
].join("\n");

const parse = (text: string) => parseGitAiNote(Buffer.from(text));

describe("a note of git-ai's", () => {
  test("is read and written again byte for byte, whatever is not known of it", () => {
    const note = parse(full);
    expect(note?.metadata).toEqual(metadata);
    expect(note?.files.map(({ path }) => path)).toEqual([
      "src/main.rs",
      "src/my file.rs",
      "ä/ü.rs",
      "---",
    ]);
    expect(note?.files[0]?.entries[0]).toEqual({
      key: "d9978a8723e02b52",
      lines: [
        [1, 4],
        [9, 9],
        [12, 12],
      ],
    });
    expect(note === undefined ? "" : renderGitAiNote(note)).toBe(full);
    expect(parse(full.replaceAll("\n", "\r\n"))?.files).toEqual(note?.files ?? []);
  });

  test.each([
    ["s_a76964380084ef::t_a3a130d3e145e3", { tool: "claude", model: "claude-opus-5" }],
    ["s_a76964380084ef", { tool: "claude", model: "claude-opus-5" }],
    ["d9978a8723e02b52", { tool: "cursor", model: "claude-4.5-opus" }],
    ["967bda7", { tool: "copilot", model: undefined }],
    ["s_0000000000000000::t_0", undefined],
    ["0000000000000000", undefined],
    ["h_dca485b1adf836", undefined],
    ["constructor", undefined],
    ["__proto__", undefined],
  ])("says of the key %s who it is, or nothing where it does not explain it", (key, expected) => {
    const note = parse(full);
    if (note === undefined) throw new Error("no note");
    const found = agentBehind(key, note);
    expect(found && { tool: found.tool, model: found.model }).toEqual(expected);
  });

  test.each([
    ["nothing", ""],
    ["no divider", "a.ts\n  967bda7 1\n"],
    ["no metadata", "a.ts\n  967bda7 1\n---\n"],
    ["metadata that is none", "---\n[]"],
    ["another schema", '---\n{"schema_version":"other/1"}'],
    ["a depth of 100,000", `---\n${"[".repeat(100_000)}`],
    ["9 MiB", `---\n{"schema_version":"authorship/3.0.0","x":"${"x".repeat(9 * 1024 * 1024)}"}`],
  ])("that is %s is none", (_what, text) => {
    expect(parse(text)).toBeUndefined();
  });
});

const text = (count: number): Uint8Array =>
  Buffer.from(Array.from({ length: count }, (_, at) => `line ${at}\n`).join(""));

/** Which lines of `a.ts` entries claim, with their agents. */
function claims(entries: string, lines = 9): string[] {
  const note = parse(`a.ts\n${entries}\n---\n${JSON.stringify(metadata)}`);
  if (note === undefined) throw new Error("no note");
  return fitGitAi(note, "a.ts", text(lines)).map(
    ({ start_line, end_line, tool }) => `${start_line}-${end_line} ${tool}`,
  );
}

describe("of a committed file", () => {
  test.each([
    ["lines that it has", "  d9978a8723e02b52 2-3,7", ["2-3 cursor", "7-7 cursor"]],
    ["lines that it has not", "  d9978a8723e02b52 8-2147483647", ["8-9 cursor"]],
    [
      "entries of one line are united, the last one counts",
      "  d9978a8723e02b52 1-5\n  s_a76964380084ef 3-9",
      ["1-2 cursor", "3-9 claude"],
    ],
    [
      "a person's line is nobody's else",
      "  h_dca485b1adf836 2\n  967bda7 1-3",
      ["1-1 copilot", "3-3 copilot"],
    ],
    ["keys without metadata claim nothing", "  0000000 1-9\n  967bda7 4", ["4-4 copilot"]],
    [
      "lines that are none",
      "  967bda7 0\n  967bda7 5-2\n  967bda7 1,,2\n  967bda7 -1\n  967bda7 x",
      [],
    ],
    ["a number of 40 digits", `  967bda7 ${"9".repeat(40)}`, []],
  ])("%s", (_what, entries, expected) => {
    expect(claims(entries)).toEqual([...expected]);
  });

  test("a note that names every line 100,000 times costs what the note costs", () => {
    const entry = "  d9978a8723e02b52 1-2147483647";
    expect(claims(Array.from({ length: 100_000 }, () => entry).join("\n"), 50_000)).toEqual([
      "1-50000 cursor",
    ]);
  });
});
