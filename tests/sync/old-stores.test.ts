import { describe, expect, test } from "bun:test";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type OldStore, accountOf, aiLines, openOldStore } from "./old-store.ts";
import { personAt } from "./person.ts";

const records = ["traces.jsonl", "ledgers.jsonl", "commit-links.jsonl"] as const;

function read({ project }: OldStore): string[] {
  return records.map((file) => readFileSync(join(project, file), "utf8"));
}

// oxlint-disable-next-line typescript/no-explicit-any
async function ask(old: OldStore, ...argv: string[]): Promise<any> {
  const { stdout, stderr } = await old.type([...argv, "--json"]);
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout);
}

/** Of the rows of either store, two traces with their commits were pushed; one trace and its commit were not. */
const stores = [
  { name: "0.1.0", traces: 4, heldBack: 1, events: 0 },
  { name: "agent-trace-cli-0.1.3", traces: 6, heldBack: 3, events: 2 },
];

describe.each(stores)("a store of $name", ({ name, traces, heldBack, events }) => {
  test("tells of every line what it told", async () => {
    await using old = await openOldStore(name);
    const before = read(old);
    for (const [file, blame] of Object.entries(old.blamed)) {
      // What is not committed agent-trace-cli did not tell.
      if (blame === null) continue;
      expect([file, aiLines(await ask(old, "blame", file))]).toEqual([file, aiLines(blame)]);
    }
    const { stdout } = await old.type(["context", "src/second.ts", "--format", "jsonl", "--full"]);
    expect(stdout).toContain("write src/first.ts, 1");
    expect(stdout).toContain("write src/second.ts, 3");
    expect(read(old)).toEqual(before);
  });

  test("is counted whole, and doctor finds nothing amiss that it cannot mend", async () => {
    await using old = await openOldStore(name);
    expect(await ask(old, "status")).toMatchObject({
      counts: { traces, events, unattributed_traces: heldBack, ledgers: 3, commit_links: 3 },
      remotes: [
        {
          name: "origin",
          lacks: { traces: 1, ledgers: 1, commit_links: 1, conversations: 1 },
          held_back: heldBack,
        },
      ],
    });
    // agent-trace-cli lets others read what it keeps. Of hooks there are more by now, which `init` adds.
    await old.type(["doctor", "--fix", "--yes"]);
    const { findings } = await ask(old, "doctor");
    const amiss = (findings as { level: string; area: string }[]).filter(
      ({ level, area }) => level !== "ok" && area !== "hooks",
    );
    expect(amiss).toEqual([]);
    expect(readdirSync(old.project).filter((file) => file.includes(".bad-"))).toEqual([]);
  });

  test("sends what its remote lacks and nothing else, and a teammate gets all of it", async () => {
    await using old = await openOldStore(name);
    const before = read(old);
    expect(await ask(old, "pull")).toMatchObject({
      ok: true,
      resources: { traces: { merged: 0 }, ledgers: { merged: 0 }, conversations: { merged: 0 } },
    });
    const one = { sent: 1, refused: 0 };
    expect(await ask(old, "push")).toMatchObject({
      ok: true,
      resources: { traces: one, ledgers: one, commit_links: one, conversations: one },
    });
    const none = { sent: 0 };
    expect((await ask(old, "push")).resources).toMatchObject({
      traces: none,
      ledgers: none,
      commit_links: none,
      conversations: none,
    });
    expect(read(old)).toEqual(before);
    using bob = await personAt(accountOf(old));
    expect(await bob.ask(["pull"])).toMatchObject({
      ok: true,
      resources: { traces: { merged: traces - heldBack }, ledgers: { merged: 3 } },
    });
  });
});
