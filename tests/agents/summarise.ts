/**
 * Runs inside a network namespace with loopback only: serves a model that answers with one sentence, and has our program
 * summarise a session by a preset. Prints what the model was asked. `summarise.ts NAME HOME PROJECT PROGRAM OURS`
 */
import { dirname } from "node:path";
import { realAgents } from "./real-agents.ts";
import { serveScript } from "./scripted-model.ts";

const [name, home = "", project = "", program = "", ours = ""] = process.argv.slice(2);
const agent = realAgents.find((known) => known.name === name);
if (agent === undefined) throw new Error(`no agent is called ${name}`);
const asked: string[] = [];
const port = serveScript([{ says: "A parser was wanted." }], (body) => asked.push(body));
agent.prepare({ home, project }, port);
const child = Bun.spawn([ours, "summary", "generate", "--session-id", "s", "--json"], {
  cwd: project,
  env: {
    PATH: `${dirname(program)}:${process.env["PATH"] ?? ""}`,
    HOME: home,
    LANG: "C.UTF-8",
    ...agent.environment(port),
  },
  stdin: "ignore",
  stdout: "pipe",
  stderr: "pipe",
  timeout: 100_000,
});
const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
process.stdout.write(JSON.stringify({ exitCode: await child.exited, stdout, stderr, asked }));
process.exit(0);
