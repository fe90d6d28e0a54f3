import { expect, test } from "bun:test";
import { createPolicy } from "../../../src/redaction/policy.ts";
import { createRedactor } from "../../../src/redaction/redactor.ts";
import { rowMasker } from "../../../src/store/exchange/mask-rows.ts";
import { ledger, sha, trace } from "../scene.ts";

const token = "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";
const policy = createPolicy();
const mask = (text: string): string => {
  const redactor = createRedactor(policy);
  return Buffer.concat([redactor.write(Buffer.from(text)), redactor.end()]).toString();
};
const masker = () =>
  rowMasker({
    id: "x",
    begin: () => createRedactor(policy),
    maskName: mask,
  });

test("names of files are masked in every row that has them", () => {
  const path = `notes/${token}.txt`;
  const masked = "notes/[redacted:github-personal-token].txt";
  const rows = masker();
  const text = JSON.stringify(trace("1", { path }));
  expect(rows("traces", text)).toBe(text.replace(path, masked));
  expect(rows("traces", text.replace(":", " : "))).toContain(masked);
  const segment = { start_line: 1, end_line: 1, trace_id: "1" };
  const files = {
    [path]: { line_attributions: [segment] },
    "a.ts": { line_attributions: [segment] },
  };
  const claims = JSON.stringify({ ...ledger(sha("a"), ["1"]), files });
  expect(rows("ledgers", claims)).toBe(claims.replace(path, masked));
  const link = JSON.stringify({
    commit_sha: sha("a"),
    trace_ids: ["1"],
    files_changed: ["a.ts", path],
  });
  expect(rows("commit_links", link)).toBe(link.replace(path, masked));
});

test("of a row nothing but names is looked at, and of a summary everything", () => {
  const rows = masker();
  const text = JSON.stringify({ ...trace("1"), id: token });
  expect(rows("traces", text)).toBe(text);
  const summary = JSON.stringify({
    conversation_id: "c",
    summary: `used ${token}`,
    created_at: "t",
  });
  expect(rows("summaries", summary)).toBe(
    summary.replace(token, "[redacted:github-personal-token]"),
  );
});
