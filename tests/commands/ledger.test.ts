import { expect, test } from "bun:test";
import { join } from "node:path";
import { createAnchor } from "../../src/git/anchor.ts";
import type { Ledger } from "../../src/schema/ledger.ts";
import { appendLedger } from "../../src/store/records.ts";
import { projectPaths } from "../../src/store/files/paths.ts";
import { keepBeside } from "../../src/store/exchange/differing-ledgers.ts";
import { agentSession } from "../support/agent-session.ts";

test("a teammate's ledger that says otherwise is told by doctor, shown beside ours, and taken when a person says so", async () => {
  using session = await agentSession();
  const id = createAnchor(session.repo.repository);
  const project = projectPaths(join(session.home, ".agent-trace"), id);
  const commit = session.repo.commit("base", { "p.ts": "p\n" });
  const short = commit.slice(0, 7);
  const claim = { start_line: 1, end_line: 2, type: "ai", trace_id: "t1", model_id: "acme/m" };
  const ours: Ledger = {
    version: "2.0",
    commit_sha: commit,
    parent_sha: null,
    created_at: "2026-02-10T12:00:00+00:00",
    trace_ids: ["t1"],
    files: { "a.ts": { line_attributions: [claim] } },
  } as Ledger;
  const theirs = { ...ours, files: {}, trace_ids: [] };
  appendLedger(project, ours);
  expect((await session.run(["ledger", "show"])).stdout).toBe(
    `Ledger of ${short}\n  a.ts:1-2  acme/m\n`,
  );
  expect(await session.run(["ledger", "accept", short])).toMatchObject({ exitCode: 1, stdout: "" });
  keepBeside(project, [{ key: commit, text: JSON.stringify(theirs), value: { ...theirs } }]);
  expect((await session.run(["doctor", "--offline"])).stdout).toContain(
    `warn  a teammate's ledger of ${short} differs from the one that was linked here\n        see: agent-trace ledger show ${short}`,
  );
  expect((await session.run(["ledger", "show", short])).stdout).toBe(
    `Ledger of ${short}\n  a.ts:1-2  acme/m\nA teammate's ledger of ${short} says otherwise\n  claims no line\n`,
  );
  expect(await session.run(["ledger", "accept", short])).toEqual({
    exitCode: 0,
    stdout: `Took a teammate's ledger of ${short}: 0 lines AI\n`,
    stderr: "",
  });
  expect((await session.run(["ledger", "show"])).stdout).toBe(
    `Ledger of ${short}\n  claims no line\n`,
  );
});
