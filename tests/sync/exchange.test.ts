import { describe, expect, test } from "bun:test";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { sha256Hex } from "../../src/schema/digest.ts";
import { testService } from "../support/service.ts";
import { transcriptsDirectory } from "../support/transcripts.ts";
import { personAt } from "./person.ts";
import {
  addLedger,
  addTrace,
  addWork,
  checkSnapshots,
  contentsOf,
  writeTranscript,
} from "./work.ts";

const zero = { received: 0, merged: 0, skipped: 0 };

describe("two people and one service", () => {
  test("have the same after a push and a pull, transcripts byte for byte", async () => {
    await using service = await testService();
    const account = await service.account();
    using ada = await personAt(account);
    using bob = await personAt(account);
    addWork(ada, "small", "a small transcript\n");
    addWork(ada, "large", "a line of a large transcript\n".repeat(20_000));
    addWork(ada, "odd", new Uint8Array([0xff, 0x00, 0x0d, 0x0a, 0xc3]));
    const pushed = await ada.type(["push"]);
    expect(pushed).toEqual({
      exitCode: 0,
      stderr: expect.stringContaining("Pushing to origin"),
      stdout: [
        `Pushed to origin (${account.remote})`,
        "  traces           3 sent, 3 held back (no ledger names them; `--full` sends them)",
        "  ledgers          3 sent",
        "  commit links     3 sent",
        "  conversations    3 sent (567.2 KiB uploaded)",
        "  summaries        3 sent",
        "",
      ].join("\n"),
    });
    const pulled = await bob.type(["pull"]);
    expect(pulled).toMatchObject({
      exitCode: 0,
      stdout: [
        `Pulled from origin (${account.remote})`,
        "  traces           3 new",
        "  ledgers          3 new",
        "  commit links     3 new",
        "  conversations    3 new",
        "  summaries        3 new",
        "",
      ].join("\n"),
    });
    const [hers, his] = [contentsOf(ada), contentsOf(bob)];
    expect((hers["traces"] as string[]).length).toBe(6);
    expect(his).toEqual({ ...hers, traces: his["traces"] });
    await ada.type(["push", "--full"]);
    await bob.type(["pull"]);
    expect(contentsOf(bob)).toEqual(hers);
    expect(service.failures).toEqual([]);
    expect((await bob.ask(["push"]))["resources"].traces.sent).toBe(0);
    // What she has just sent is not brought back to her.
    const back = (await ada.ask(["pull"]))["resources"];
    for (const resource of ["traces", "ledgers", "commit_links", "conversations", "summaries"]) {
      expect(back[resource]).toEqual(zero);
    }
  });

  const real = transcriptsDirectory();
  test.skipIf(real === undefined)(
    "have every real transcript byte for byte in both caches",
    async () => {
      await using service = await testService();
      const account = await service.account();
      using ada = await personAt(account);
      using bob = await personAt(account);
      const digests = new Map<string, string>();
      const traces: string[] = [];
      for (const entry of readdirSync(real ?? "", { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue;
        const content = readFileSync(join(entry.parentPath, entry.name));
        const conversation = writeTranscript(ada, entry.name, content);
        digests.set(conversation, sha256Hex(content));
        traces.push(addTrace(ada, entry.name, { conversation }));
      }
      addLedger(ada, "real", { traces });
      expect((await ada.ask(["push"]))["resources"].conversations.sent).toBe(digests.size);
      expect((await bob.ask(["pull"]))["resources"].conversations.merged).toBe(digests.size);
      const expected = Object.fromEntries(
        [...digests].map(([id, digest]) => [id, [digest, digest]]),
      );
      expect(contentsOf(ada)["transcripts"]).toEqual(expected);
      expect(contentsOf(bob)["transcripts"]).toEqual(expected);
      expect(checkSnapshots(bob)).toBe(new Set(digests.values()).size);
    },
    30_000,
  );
});
