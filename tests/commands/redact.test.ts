import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { cli } from "../support/cli.ts";
import { temporaryDirectory } from "../support/directories.ts";

test("redact prints the masked text, or with --json what was found, and never a secret", async () => {
  using home = temporaryDirectory();
  const token = "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";
  writeFileSync(join(home.path, "a.jsonl"), `{"text":"use ${token} now"}\n`);
  const place = { home: home.path, cwd: home.path };
  expect(await cli(["redact", "a.jsonl"], place)).toEqual({
    exitCode: 0,
    stdout: '{"text":"use [redacted:github-personal-token] now"}\n',
    stderr: "1 secret masked\n",
  });
  const { stdout } = await cli(["redact", "a.jsonl", "--json"], place);
  expect(JSON.parse(stdout)).toEqual({
    schema: "agent-trace.redact/1",
    ok: true,
    findings: [{ rule: "github-personal-token", line: 1, before: "se ", after: " no" }],
    slow: {},
  });
  const missing = await cli(["redact", "b.jsonl"], place);
  expect(missing.exitCode).toBe(1);
  expect(missing.stderr).toContain("there is neither a file nor a conversation called `b.jsonl`");
});
