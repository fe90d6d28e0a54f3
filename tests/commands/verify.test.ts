import { describe, expect, test } from "bun:test";
import { appendFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hashBlob } from "../../src/schema/digest.ts";
import { readConversationIndex } from "../../src/store/transcripts/conversation-index.ts";
import { snapshotPath } from "../../src/store/transcripts/snapshot.ts";
import { testService } from "../support/service.ts";
import { type Person, personAt } from "../sync/person.ts";
import { addTrace, addWork } from "../sync/work.ts";

const large = "a turn of a session\n".repeat(20_000);

/** Ada has pushed two pieces of work, one of them twice, and a ledger of a commit of her repository. */
async function scene() {
  const service = await testService();
  const ada = await personAt(await service.account());
  addWork(ada, "small", "small\n");
  addWork(ada, "large", large);
  expect((await ada.type(["push"])).exitCode).toBe(0);
  appendFileSync(join(ada.home, "agent/large.jsonl"), "one more\n");
  expect((await ada.type(["push"])).exitCode).toBe(0);
  ada.repo.commit("three lines", { "a.ts": "one\ntwo\nthree" });
  claim(ada, "a.ts", 3);
  return {
    ada,
    problems: async () => {
      const { exitCode, checks } = await ada.ask(["verify", "--no-progress"]);
      const found = (checks as { problems: { code: string; subject: string }[] }[]).flatMap(
        (check) => check.problems,
      );
      expect(exitCode).toBe(found.length === 0 ? 0 : 8);
      return found.map(({ code, subject }) => `${code} ${subject}`);
    },
    async [Symbol.asyncDispose]() {
      ada[Symbol.dispose]();
      await service[Symbol.asyncDispose]();
    },
  };
}

/** A ledger of HEAD that claims lines up to this one. */
function claim({ repo, paths }: Person, path: string, end_line: number): void {
  const segment = { start_line: 1, end_line, type: "ai", trace_id: "t" };
  const files = { [path]: { line_attributions: [segment] } };
  const commit_sha = repo.run(["rev-parse", "HEAD"]);
  appendFileSync(
    paths.ledgers,
    `${JSON.stringify({ version: "2.0", commit_sha, trace_ids: ["t"], files })}\n`,
  );
}

const snapshots = ({ paths }: Person): string[] =>
  [...readConversationIndex(paths, () => {}).values()].map((blob) => snapshotPath(paths, blob));

describe("verify", () => {
  test("says what is whole, and leaves it as it is", async () => {
    await using here = await scene();
    const names = (): string[] =>
      readdirSync(here.ada.paths.directory, { recursive: true }).map(String).sort();
    const before = names();
    const { stdout, exitCode } = await here.ada.type(["verify", "--no-progress"]);
    expect(exitCode).toBe(0);
    expect(stdout.trimEnd().split("\n")).toEqual([
      "records    traces.jsonl 4, ledgers.jsonl 3, commit-links.jsonl 2, session-summaries.jsonl 2",
      "ids        each record has its own",
      "snapshots  2 with the bytes of their names, 1 earlier name answered from them",
      "pointers   2 conversations with a snapshot",
      "ledgers    3 within their files, 2 of commits that are not in this clone",
      "everything is whole",
    ]);
    expect(names()).toEqual(before);
    expect(await here.problems()).toEqual([]);
  });

  test("finds a line that is no record, and half a line at the end", async () => {
    await using here = await scene();
    const { ada } = here;
    appendFileSync(ada.paths.traces, 'not JSON\n{"no":"id"}\n{"id":"half');
    const found = await here.problems();
    expect(found.map((problem) => problem.replace(/\d+$/, "…"))).toEqual([
      "unreadable_line traces.jsonl, byte …",
      "unreadable_line traces.jsonl, byte …",
      "unreadable_line traces.jsonl, byte …",
    ]);
  });

  test("finds an id that stands twice, but not a ledger that was written anew", async () => {
    await using here = await scene();
    const id = addTrace(here.ada, "large-loose");
    claim(here.ada, "a.ts", 2);
    expect(await here.problems()).toEqual([`repeated_id traces.jsonl, ${id}`]);
  });

  test("finds a snapshot of which one bit is another", async () => {
    await using here = await scene();
    const path = snapshots(here.ada).find((one) => !one.endsWith(hashBlob("small\n"))) ?? "";
    const bytes = new Uint8Array(await Bun.file(path).arrayBuffer());
    bytes[1000] = (bytes[1000] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const name = path.slice(-64);
    expect(await here.problems()).toEqual([
      `damaged_snapshot ${name}`,
      `wrong_beginning ${hashBlob(large)}`,
    ]);
  });

  test("finds a conversation whose snapshot is gone", async () => {
    await using here = await scene();
    for (const path of snapshots(here.ada)) rmSync(path);
    const found = await here.problems();
    expect(found.length).toBe(2);
    expect(found.every((problem) => problem.startsWith("missing_snapshot "))).toBe(true);
  });

  test.each([
    ["more lines than the file has", "a.ts", 4],
    ["a file that the commit does not have", "b.ts", 1],
  ])("finds a ledger that claims %s", async (_name, path, end) => {
    await using here = await scene();
    claim(here.ada, path, end);
    const commit = here.ada.repo.run(["rev-parse", "HEAD"]).slice(0, 7);
    expect(await here.problems()).toEqual([`ledger_outside_file ${commit} ${path}`]);
  });
});
