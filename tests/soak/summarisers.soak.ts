import { describe, expect, test } from "bun:test";
import { appendFileSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { alone, canPlayAlone, installed } from "../agents/packages.ts";
import { realAgents } from "../agents/real-agents.ts";
import { agentSession } from "../support/agent-session.ts";
import { compiledProgram } from "../support/program.ts";

const can = canPlayAlone();
if (!can) console.log("skipped: this machine has no network namespaces");
const suite = can ? describe : describe.skip;
const key = "AKIAQ3EGRXZ7TLPW2M4N";

suite("presets of summaries, by real programs and a scripted model", () => {
  test.each([
    ["claude-code", "claude-summary"],
    ["codex", "codex-summary"],
    ["gemini-cli", "gemini-summary"],
  ])("%s reads the conversation and prints nothing but the summary", async (name, preset) => {
    const agent = realAgents.find((known) => known.name === name);
    const program = agent === undefined ? undefined : installed(agent);
    if (agent === undefined || program === undefined) {
      console.log(`skipped: ${name} cannot be had here`);
      return;
    }
    using session = await agentSession();
    const content = `please write a parser with ${key}`;
    appendFileSync(
      session.transcript,
      `${JSON.stringify({ type: "user", message: { role: "user", content } })}\n`,
    );
    await session.write("a.ts", "one\n");
    agent.own(session.home);
    const ours = compiledProgram();
    await session.run(["init"], { program: ours });
    await session.run(["hooks", "setup-global", "--tool", name], { program: ours });
    await session.run(["summary", "use", preset]);
    const journal = join(session.home, ".agent-trace/hook-events.jsonl");
    const before = readFileSync(journal, "utf8");
    const player = resolve(import.meta.dir, "../agents/summarise.ts");
    const inside = `ip link set lo up && exec "$0" "$@"`;
    const place = [name, session.home, session.repo.path, program, ours];
    const child = Bun.spawn([...alone, inside, process.execPath, player, ...place], {
      stdout: "pipe",
      stderr: "inherit",
      timeout: 120_000,
    });
    const told = JSON.parse(await child.stdout.text());
    expect([name, told.exitCode, told.stderr]).toEqual([name, 0, expect.any(String)]);
    const { summaries } = JSON.parse(told.stdout);
    expect(summaries).toMatchObject([{ summary: "A parser was wanted.", session_id: "s" }]);
    const asked = (told.asked as string[]).join("\n");
    expect(asked).toContain("please write a parser with [redacted:");
    expect(asked).toContain("Summarise it for someone who will read");
    expect(asked).not.toContain(key);
    // It has nothing to run, and nothing to read or write files with.
    expect(asked).not.toMatch(
      /"name":"(?:Bash|Read|Edit|Write|shell|exec_command|run_shell_command|write_file)"/,
    );
    // What the summarising agent did itself is no session of the person's.
    expect(readFileSync(journal, "utf8")).toBe(before);
    console.log(`${agent.package}: summarised, its own hooks silent`);
  });
});
