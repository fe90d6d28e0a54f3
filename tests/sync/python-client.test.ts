import { beforeAll, describe, expect, test } from "bun:test";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../support/directories.ts";
import { testService } from "../support/service.ts";
import { installPythonClient, runProgram } from "./python-client.ts";
import { newMachine as newMachineOf } from "./python-machine.ts";

const installed = await installPythonClient();
if ("missing" in installed) {
  // Where everything must be there, a test that cannot run has failed.
  if (process.env["CI"] === "true") throw new Error(installed.missing);
  process.stderr.write(`skipped: agent-trace-cli cannot be tried: ${installed.missing}\n`);
}
const python = "program" in installed ? installed.program : "";
const newMachine = (root: string, name: string) => newMachineOf(root, name, python);

const poem = ["const one = 1;", "", "function two() {", "  return one + 1;", "}"];
const all = [1, 2, 3, 4, 5];

describe.skipIf("missing" in installed)("agent-trace-cli 0.1.3", () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  beforeAll(() => {
    directory = temporaryDirectory();
    return () => directory[Symbol.dispose]();
  });

  test("shares with us through our service, in both directions", async () => {
    await using service = await testService();
    const { remote, token } = await service.account();
    const [ada, bob] = [newMachine(directory.path, "ada"), newMachine(directory.path, "bob")];
    await runProgram(["git", "init", "--quiet", "-b", "main", ada.repo]);
    await ada.git("commit", "--quiet", "--allow-empty", "-m", "start");
    await runProgram(["git", "clone", "--quiet", ada.repo, bob.repo]);
    await ada.theirs(["init"]);
    await bob.ours(["init", "--no-hooks"]);
    await ada.theirs(["remote", "add", "origin", remote, "--token", token]);
    await bob.ours(["remote", "add", "origin", remote, "--token", "-"], token);

    await ada.write("theirs", "src/hers.ts", poem);
    await ada.theirs(["push"]);
    await bob.git("pull", "--quiet");
    const pulled = JSON.parse(await bob.ours(["pull", "--json"]));
    expect(pulled).toMatchObject({
      ok: true,
      resources: {
        traces: { merged: 1 },
        ledgers: { merged: 1 },
        commit_links: { merged: 1 },
        conversations: { merged: 1 },
      },
    });
    expect(await ada.aiLines("theirs", "src/hers.ts")).toEqual(all);
    expect(await bob.aiLines("ours", "src/hers.ts")).toEqual(all);
    expect(await bob.ours(["context", "src/hers.ts", "--full"])).toContain(
      '"content":"src/hers.ts"',
    );

    await bob.write("ours", "src/his.ts", poem);
    const pushed = JSON.parse(await bob.ours(["push", "--json"]));
    expect(pushed).toMatchObject({
      ok: true,
      resources: { traces: { sent: 1 }, ledgers: { sent: 1 } },
    });
    await ada.git("pull", "--quiet", bob.repo, "main");
    await ada.theirs(["pull"]);
    expect(await bob.aiLines("ours", "src/his.ts")).toEqual(all);
    expect(await ada.aiLines("theirs", "src/his.ts")).toEqual(all);
    expect(await ada.theirs(["push"])).toContain("0 trace(s)");
    expect(JSON.parse(await bob.ours(["pull", "--json"])).resources.traces.merged).toBe(0);
    expect(service.failures).toEqual([]);
  }, 60_000);

  test("leaves a store with which we go on, and goes on with ours", async () => {
    await using service = await testService();
    const { remote, token } = await service.account();
    const ada = newMachine(directory.path, "both");
    await runProgram(["git", "init", "--quiet", "-b", "main", ada.repo]);
    await ada.git("commit", "--quiet", "--allow-empty", "-m", "start");
    await ada.theirs(["init"]);
    await ada.theirs(["remote", "add", "origin", remote, "--token", token]);
    await ada.write("theirs", "first.ts", poem);
    await ada.theirs(["push"]);

    const nothing = JSON.parse(await ada.ours(["push", "--json"]));
    expect({ ok: nothing.ok, traces: nothing.resources.traces.sent }).toEqual({
      ok: true,
      traces: 0,
    });
    await ada.write("ours", "second.ts", poem);
    expect(await ada.aiLines("ours", "first.ts")).toEqual(all);
    expect(JSON.parse(await ada.ours(["push", "--json"]))).toMatchObject({
      ok: true,
      resources: { traces: { sent: 1 }, ledgers: { sent: 1 }, conversations: { sent: 1 } },
    });

    expect(await ada.theirs(["push"])).toContain("0 trace(s), 0 ledger(s), 0 commit-link(s)");
    expect(await ada.aiLines("theirs", "second.ts")).toEqual(all);
    await ada.write("theirs", "third.ts", poem);
    await ada.theirs(["push"]);
    expect(JSON.parse(await ada.ours(["push", "--json"])).resources).toMatchObject({
      traces: { sent: 0 },
      ledgers: { sent: 0 },
      commit_links: { sent: 0 },
    });
    expect(await ada.aiLines("ours", "third.ts")).toEqual(all);
    expect(service.failures).toEqual([]);
  }, 60_000);

  test("reads what we appended to a transcript, and we read what it uploads whole", async () => {
    await using service = await testService();
    const { remote, token } = await service.account();
    const [eve, dan] = [newMachine(directory.path, "eve"), newMachine(directory.path, "dan")];
    await runProgram(["git", "init", "--quiet", "-b", "main", eve.repo]);
    await eve.git("commit", "--quiet", "--allow-empty", "-m", "start");
    await runProgram(["git", "clone", "--quiet", eve.repo, dan.repo]);
    await eve.ours(["init", "--no-hooks"]);
    await dan.theirs(["init"]);
    await eve.ours(["remote", "add", "origin", remote, "--token", "-"], token);
    await dan.theirs(["remote", "add", "origin", remote, "--token", token]);
    const turns = `${JSON.stringify({ type: "user", message: { content: "more ".repeat(60) } })}\n`;
    const grow = (name: string): void =>
      appendFileSync(
        join(directory.path, name, "transcripts", `${name}-1.jsonl`),
        turns.repeat(1_500),
      );

    await eve.write("ours", "hers.ts", poem);
    for (let turn = 0; turn < 2; turn++) {
      grow("eve");
      await eve.ours(["push"]);
    }
    expect(service.log.filter(({ method }) => method === "PUT")).toHaveLength(1);
    await dan.git("pull", "--quiet");
    await dan.theirs(["pull"]);
    expect(await dan.theirs(["context", "hers.ts", "--full"])).toContain("more more");

    await dan.write("theirs", "his.ts", poem);
    for (let turn = 0; turn < 2; turn++) {
      grow("dan");
      await dan.write("theirs", `his-${turn}.ts`, poem);
      await dan.theirs(["push"]);
      await eve.ours(["pull"]);
    }
    await eve.git("pull", "--quiet", dan.repo, "main");
    expect(await eve.aiLines("ours", "his.ts")).toEqual(all);
    expect(await eve.ours(["context", "his.ts", "--full"])).toContain('"content":"his.ts"');
    expect(service.failures).toEqual([]);
  }, 60_000);
});
