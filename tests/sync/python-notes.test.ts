import { beforeAll, describe, expect, test } from "bun:test";
import { temporaryDirectory } from "../support/directories.ts";
import { installPythonClient, runProgram } from "./python-client.ts";
import { type Machine, newMachine } from "./python-machine.ts";

const installed = await installPythonClient();
if ("missing" in installed) {
  // Where everything must be there, a test that cannot run has failed.
  if (process.env["CI"] === "true") throw new Error(installed.missing);
  process.stderr.write(`skipped: agent-trace-cli cannot be tried: ${installed.missing}\n`);
}
const python = "program" in installed ? installed.program : "";
const poem = ["const one = 1;", "", "function two() {", "  return one + 1;", "}"];
const all = [1, 2, 3, 4, 5];
const ref = "refs/notes/agent-trace";

describe.skipIf("missing" in installed)("notes of agent-trace-cli 0.1.3", () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  beforeAll(() => {
    directory = temporaryDirectory();
    return () => directory[Symbol.dispose]();
  });

  /** One writes and commits with one of the two; the other one gets the repository and its notes, and nothing else. */
  async function share(by: "ours" | "theirs"): Promise<[Machine, Machine]> {
    const [ada, bob] = [
      newMachine(directory.path, `ada-${by}`, python),
      newMachine(directory.path, `bob-${by}`, python),
    ];
    await runProgram(["git", "init", "--quiet", "-b", "main", ada.repo]);
    await ada.git("commit", "--quiet", "--allow-empty", "-m", "start");
    await ada[by](["init"]);
    if (by === "theirs") {
      await ada.theirs(["config", "set", "notes.include-ledger", "true"]);
    }
    await ada.write(by, "src/poem.ts", poem);
    await runProgram(["git", "clone", "--quiet", ada.repo, bob.repo]);
    await bob.git("fetch", "--quiet", "origin", `${ref}:${ref}`);
    return [ada, bob];
  }

  test("are understood by us", async () => {
    const [, bob] = await share("theirs");
    await bob.ours(["init", "--no-hooks"]);
    expect(await bob.aiLines("ours", "src/poem.ts")).toEqual(all);
    const { attributions } = JSON.parse(await bob.ours(["blame", "src/poem.ts", "--json"]));
    expect(new Set(attributions.map(({ source }: { source: string }) => source))).toEqual(
      new Set(["note"]),
    );
  }, 60_000);

  test("and ours by it", async () => {
    const [, bob] = await share("ours");
    await bob.theirs(["init"]);
    expect(await bob.aiLines("theirs", "src/poem.ts")).toEqual(all);
    expect(JSON.parse(await bob.theirs(["notes", "show"]))).toMatchObject({
      version: "2.0",
      stats: { ai_lines: 5 },
    });
    // Control: without the note it knows nothing.
    await bob.git("update-ref", "-d", ref);
    expect(await bob.aiLines("theirs", "src/poem.ts")).toEqual([]);
  }, 60_000);
});
