import { expect, test } from "bun:test";
import { agentSession } from "../support/agent-session.ts";
import { compiledProgram } from "../support/program.ts";
import { startSession } from "../support/pseudo-terminal.ts";

test("at a real terminal help, blame and lists go through the pager, with colours", async () => {
  using session = await agentSession();
  await session.write("a.ts", "one\n");
  const program = compiledProgram();
  const environment = {
    PATH: process.env["PATH"],
    HOME: session.home,
    LANG: "C.UTF-8",
    AGENT_TRACE_PAGER: "sed s/^/paged:/",
  };
  for (const [argv, expected] of [
    [["--help"], "paged:\u001B[1mUSAGE\u001B[0m"],
    [["blame", "a.ts"], "▌\u001B[0m\u001B[2m1\u001B[0m  \u001B[36mone"],
    [["projects"], "paged:\u001B[2mID "],
  ] as const) {
    await using shown = startSession([program, ...argv], { cwd: session.repo.path, environment });
    await shown.raw(expected);
    expect(await shown.exited).toBe(0);
  }
});

test("at a real terminal the cursor comes back after progress, also when it fails", async () => {
  using session = await agentSession();
  await session.run(["remote", "add", "origin", "http://127.0.0.1:1/acme/app"]);
  const environment = {
    PATH: process.env["PATH"],
    HOME: session.home,
    AGENT_TRACE_HTTP_TIMEOUT: "1",
  };
  await using shown = startSession([compiledProgram(), "pull"], {
    cwd: session.repo.path,
    environment,
  });
  const text = await shown.raw("cannot reach remote");
  expect(text.indexOf("\u001B[?25l")).toBeGreaterThanOrEqual(0);
  expect(text.lastIndexOf("\u001B[?25h")).toBeGreaterThan(text.lastIndexOf("\u001B[?25l"));
  expect(text).toContain("connection refused; again in");
  expect(await shown.exited).toBe(5);
});
