import { describe, expect, test } from "bun:test";
import { appendFileSync } from "node:fs";
import { resolve } from "node:path";
import { alone, canPlayAlone, installed } from "../agents/packages.ts";
import { realAgents } from "../agents/real-agents.ts";
import { agentSession } from "../support/agent-session.ts";
import { compiledProgram } from "../support/program.ts";

const can = canPlayAlone();
if (!can) console.log("skipped: this machine has no network namespaces");
const suite = can ? describe : describe.skip;

suite("our server for agents, in real programs with a scripted model", () => {
  // Codex shows the tools of servers to a model only behind a search of its own, which the script does not play.
  test.each(["claude-code"])("%s is told why lines are so", async (name) => {
    const agent = realAgents.find((known) => known.name === name);
    const program = agent === undefined ? undefined : installed(agent);
    if (agent === undefined || program === undefined) {
      console.log(`skipped: ${name} cannot be had here`);
      return;
    }
    using session = await agentSession();
    const content = "please make it blue, the customer hates red";
    appendFileSync(
      session.transcript,
      `${JSON.stringify({ type: "user", message: { role: "user", content } })}\n`,
    );
    await session.write("src/a.ts", "export const color = 'blue';\n");
    await session.commit();
    agent.own(session.home);
    const asker = resolve(import.meta.dir, "../agents/ask.ts");
    const inside = `ip link set lo up && exec "$0" "$@"`;
    const place = [name, session.home, session.repo.path, program, compiledProgram()];
    const child = Bun.spawn([...alone, inside, process.execPath, asker, ...place], {
      stdout: "pipe",
      stderr: "inherit",
      timeout: 150_000,
    });
    const { added, played, told } = JSON.parse(await child.stdout.text());
    const asked = (told as string[]).join("\n");
    expect([name, added, played, asked.includes("the customer hates red")]).toEqual([
      name,
      added,
      played,
      true,
    ]);
    console.log(`${agent.package}: was told why`);
  });
});
