import { expect, test } from "bun:test";
import { join } from "node:path";
import sarifSchema from "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json";
import Ajv from "ajv";
import { type Failure, type JudgedFile, judge } from "../../src/report/judge.ts";
import { parsePolicy } from "../../src/report/policy.ts";
import {
  renderGithub,
  renderGitlab,
  renderSarif,
  renderSummary,
  renderText,
} from "../../src/report/render-failures.ts";

const run = (start_line: number, end_line: number, author: "ai" | "lost" | "nobody") => ({
  start_line,
  end_line,
  ai: author !== "nobody",
  hasConversation: author === "ai",
});

const files: JudgedFile[] = [
  { path: "src/a.ts", runs: [run(1, 6, "ai"), run(7, 8, "nobody"), run(9, 9, "lost")] },
  { path: "src/auth/key.ts", runs: [run(3, 3, "lost")] },
  { path: "doc.md", runs: [run(1, 10, "nobody")] },
];
const coverage = { commits: 10, hooks: 6, later: 1, unknown: 3, known_lines: 12 };
const found = (policy: object) =>
  renderText(judge(parsePolicy(JSON.stringify({ rules: [policy] })), files, coverage));

test.each([
  [
    { require_attribution: true, paths: ["src/**"] },
    ["src/a.ts:7-8: no attribution of 2 lines (rule 1)"],
  ],
  [
    { require_conversation: true },
    [
      "src/a.ts:9: the conversation behind 1 line is not kept here (rule 1)",
      "src/auth/key.ts:3: the conversation behind 1 line is not kept here (rule 1)",
    ],
  ],
  [
    { name: "auth", max_ai_percent: 0, paths: ["src/auth/**"] },
    [
      "src/auth/key.ts:3: 100.0 % of 1 line are AI, and 0 % are allowed; the longest run is here (auth)",
    ],
  ],
  [{ max_ai_percent: 40 }, []],
  [
    { max_ai_percent: 39.9 },
    [
      "src/a.ts:1-6: 40.0 % of 20 lines are AI, and 39.9 % are allowed; the longest run is here (rule 1)",
    ],
  ],
  [{ require_coverage_percent: 70 }, []],
  [
    { require_coverage_percent: 71 },
    ["7 of 10 commits recorded (70.0 %), and 71 % are required (rule 1)"],
  ],
])("%j", (policy, failures) => expect(found(policy)).toEqual(failures));

test.each([
  ["[]", "is no JSON object with a list `rules`"],
  ['{"rules": [', "is no JSON object with a list `rules`"],
  ['{"rules": [], "rule": []}', "has a member `rule` that means nothing"],
  ['{"rules": [{"max_ai": 3}]}', "has in rule `rule 1` a member `max_ai` that means nothing"],
  [
    '{"rules": [{"max_ai_percent": 101}]}',
    "has in rule `rule 1` a `max_ai_percent` that is no percent",
  ],
  [
    '{"rules": [{"constructor": 1}]}',
    "has in rule `rule 1` a member `constructor` that means nothing",
  ],
  ['{"rules": [{"name": "x", "paths": ["a"]}]}', "has a rule `x` that asks for nothing"],
  [
    '{"rules": [{"paths": "a", "max_ai_percent": 1}]}',
    "has in rule `rule 1` paths that are no list of texts",
  ],
])("a policy of which %s is refused", (text, message) => {
  expect(() => parsePolicy(text)).toThrow(`the policy ${message}`);
});

const failure = (changes: Partial<Failure> = {}): Failure => ({
  rule: "no AI: here, or there",
  requirement: "attribution",
  message: "50 %\nof it",
  path: "src/ä b,#?.ts",
  start_line: 3,
  end_line: 9,
  ...changes,
});
const nowhere = failure({ path: null, start_line: null, end_line: null, requirement: "coverage" });

test("SARIF is valid by its published schema, and a changed document is not (control)", () => {
  // Its draft 4 names itself by members that later drafts refuse; nothing else in it is of that draft alone.
  const { $schema: _draft, id: _id, ...schema } = sarifSchema as Record<string, unknown>;
  const validate = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(
    schema,
  );
  for (const failures of [[], [failure(), failure(), nowhere]]) {
    const document = renderSarif(failures, { version: "0.2.0" });
    expect([validate(document), validate.errors]).toEqual([true, null]);
  }
  expect(validate({ ...renderSarif([], { version: "1" }), version: "2.0.0" })).toBe(false);
});

test("GitLab's report has the members that its documentation requires, and no fingerprint twice", () => {
  const validate = new Ajv().compile({
    type: "array",
    items: {
      type: "object",
      required: ["description", "check_name", "fingerprint", "severity", "location"],
      properties: {
        description: { type: "string" },
        check_name: { type: "string" },
        fingerprint: { type: "string", minLength: 1 },
        severity: { enum: ["info", "minor", "major", "critical", "blocker"] },
        location: {
          type: "object",
          required: ["path", "lines"],
          properties: {
            // Relative, and without `./` before it.
            path: { type: "string", pattern: "^(?!/|\\./)" },
            lines: {
              type: "object",
              required: ["begin"],
              properties: { begin: { type: "integer", minimum: 1 } },
            },
          },
        },
      },
    },
  });
  const report = renderGitlab([failure(), failure({ start_line: 20 }), nowhere]);
  expect([validate(report), validate.errors]).toEqual([true, null]);
  expect(new Set(report.map((finding) => Reflect.get(finding, "fingerprint"))).size).toBe(3);
  const moved = renderGitlab([failure({ start_line: 4 })]);
  expect(Reflect.get(moved[0] ?? {}, "fingerprint")).toBe(
    Reflect.get(report[0] ?? {}, "fingerprint"),
  );
});

test("GitHub gets ten annotations, and nothing of a name or message ends one early", () => {
  const lines = renderGithub(Array.from({ length: 12 }, () => failure()));
  expect(lines).toHaveLength(10);
  expect(lines[0]).toBe(
    "::error file=src/ä b%2C#?.ts,line=3,endLine=9,title=no AI%3A here%2C or there::50 %25%0Aof it",
  );
  expect(renderSummary([failure({ path: "a|b<img>" })])).not.toMatch(/a\|b|<img>/);
});

test("the policy that the documentation shows is one", async () => {
  const page = await Bun.file(join(import.meta.dir, "../../docs/report.md")).text();
  const [, policy = ""] = /```jsonc\n([^]*?)```/.exec(page) ?? [];
  expect(parsePolicy(policy).length).toBeGreaterThan(2);
});
