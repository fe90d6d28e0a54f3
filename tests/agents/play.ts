/**
 * Runs inside a network namespace with loopback only: serves the script, and lets the agent's program play it.
 * `play.ts NAME HOME PROJECT PROGRAM`
 */
import { realAgents } from "./real-agents.ts";
import { serveScript } from "./scripted-model.ts";

const [name, home = "", project = "", program = ""] = process.argv.slice(2);
const agent = realAgents.find((known) => known.name === name);
if (agent === undefined) throw new Error(`no agent is called ${name}`);
const place = { home, project };
const port = serveScript(agent.script(place));
agent.prepare(place, port);
const child = Bun.spawn([program, ...agent.argv(place)], {
  cwd: project,
  env: {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    AGENT_TRACE_HOME: process.env["AGENT_TRACE_HOME"] ?? "",
    LANG: "C.UTF-8",
    ...agent.environment(port),
  },
  stdin: "ignore",
  stdout: "inherit",
  stderr: "inherit",
  timeout: 150_000,
});
process.exit(await child.exited);
