import { expect, test } from "bun:test";
import { conversationIdOf } from "../../src/schema/digest.ts";
import { agentSession } from "../support/agent-session.ts";
import { fakeProgram } from "../support/summariser.ts";

const ref = "refs/notes/agent-trace";

test("a summary that is made after the commit gets into its note, where that is wanted", async () => {
  using session = await agentSession();
  using told = fakeProgram("told", `echo "A constant was wanted."`);
  const PATH = `${told.directory}:${process.env["PATH"]}`;
  const run = (...argv: string[]) => session.run(argv, { environment: { PATH } });
  const note = () => JSON.parse(session.repo.run(["notes", `--ref=${ref}`, "show"]));
  await session.write("a.ts", "const one = 1;\n");
  await session.commit();
  const id = conversationIdOf(session.transcript);
  await run("config", "set", "summary.command", "told");
  const generate = ["summary", "generate", "--conversation", id];
  expect((await run(...generate)).exitCode).toBe(0);
  // Control: it is the setting that puts it there.
  expect(note()).not.toHaveProperty("summary");
  await run("config", "set", "notes.include-summary", "on");
  const before = note();
  expect((await run(...generate)).exitCode).toBe(0);
  expect(note()).toEqual({ ...before, summary: { [id]: "A constant was wanted." } });
  // A later commit of the same conversation has it from the start.
  await session.write("b.ts", "const two = 2;\n");
  await session.commit();
  expect(note().summary).toEqual({ [id]: "A constant was wanted." });
  // A note that somebody took away stays away.
  session.repo.run(["notes", `--ref=${ref}`, "remove", "HEAD~1"]);
  expect((await run(...generate)).exitCode).toBe(0);
  expect(session.repo.run(["notes", `--ref=${ref}`, "list"]).split("\n")).toHaveLength(1);
});
