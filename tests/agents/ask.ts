/**
 * Runs inside a network namespace with loopback only: a model that asks one of our tools, in a real agent's program that
 * has our server in its settings. Prints what the model was told. `ask.ts NAME HOME PROJECT PROGRAM OURS`
 */
import { realAgents } from "./real-agents.ts";
import { serveScript } from "./scripted-model.ts";

const [name, home = "", project = "", program = "", ours = ""] = process.argv.slice(2);
const agent = realAgents.find((known) => known.name === name);
if (agent === undefined) throw new Error(`no agent is called ${name}`);
const told: string[] = [];
const input = { file: "src/a.ts", lines: "1" };
const script = [
  { says: "I ask first.", calls: [{ name: "mcp__agent-trace__context", input }] },
  { says: "Now I know." },
];
const port = serveScript(script, (body) => told.push(body));
const place = { home, project };
agent.prepare(place, port);
const environment = {
  PATH: process.env["PATH"] ?? "",
  HOME: home,
  LANG: "C.UTF-8",
  ...agent.environment(port),
};
const run = async (argv: readonly string[]): Promise<string> => {
  const child = Bun.spawn([program, ...argv], {
    cwd: project,
    env: environment,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: 100_000,
  });
  return (await Promise.all([child.stdout.text(), child.stderr.text()])).join("");
};
const added = await run(["mcp", "add", "agent-trace", "--", ours, "mcp"]);
const options = name === "claude-code" ? ["--allowedTools", "mcp__agent-trace__context"] : [];
const played = await run([...agent.argv(place), ...options]);
process.stdout.write(JSON.stringify({ added, played, told }));
process.exit(0);
