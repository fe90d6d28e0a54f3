import { expect, test } from "bun:test";
import { parseRewrites } from "../../../src/workflows/provenance/rewrite-ledgers.ts";
import { type CommitSha } from "../../../src/schema/ids.ts";
import { agentSession } from "../../support/agent-session.ts";

const sha = (digit: string): CommitSha => digit.repeat(40) as CommitSha;

test("several commits that became one are one rewrite, and what is no pair is passed over", () => {
  const input = [
    `${sha("1")} ${sha("a")}`,
    `${sha("2")} ${sha("b")} amend`,
    `${sha("3")} ${sha("a")}`,
    `${sha("4")} ${sha("4")}`,
    "nonsense",
    `${sha("5")} --exec`,
    "",
  ];
  expect(parseRewrites(input.join("\n"))).toEqual([
    { commit: sha("a"), replaces: [sha("1"), sha("3")] },
    { commit: sha("b"), replaces: [sha("2")] },
  ]);
});

test("claims go to the commit that took the place of others, and a person's lines stay a person's", async () => {
  using session = await agentSession();
  session.repo.commit("base", { "a.ts": "person\n" });
  await session.write("b.ts", "}\n");
  const first = await session.commit();
  await session.edit("a.ts", "person\n", "person\none\n");
  const second = await session.commit();
  session.repo.run(["reset", "-q", "--soft", "HEAD~2"]);
  session.type("b.ts", "}\nmine\n");
  const squashed = session.repo.commit("other words");
  const stdin = `${first} ${squashed}\n${second} ${squashed}\n`;
  const { stdout } = await session.run(["rewrite-ledger"], { stdin });
  expect(stdout).toBe("1 commit linked again\n");
  expect(await session.aiLines("a.ts")).toEqual([2]);
  expect(await session.aiLines("b.ts")).toEqual([1]);
  const gone = await session.run(["rewrite-ledger"], { stdin: `${first} ${sha("c")}\n` });
  expect(gone.exitCode).toBe(0);
});
