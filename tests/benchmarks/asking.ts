/** An agent's question over the Model Context Protocol: from the server's start to its first answer. */
import { measureInTurn } from "./measure.ts";
import { type Figure, ms } from "./report.ts";
import { binary, makeScene } from "./scene.ts";

const greeting = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "b", version: "1" },
  },
};

export async function measureAsking(directory: string): Promise<Figure[]> {
  const { env, repository: cwd } = makeScene(directory);
  const stdin = () => new TextEncoder().encode(`${JSON.stringify(greeting)}\n`);
  const [start, answered] = measureInTurn(
    [
      { command: [binary, "version"], cwd, env },
      { command: [binary, "mcp"], cwd, env, stdin },
    ],
    40,
  );
  return [
    {
      name: "mcp, from its start to its end after the first answer (p95)",
      measured: ms(answered?.p95 ?? Number.NaN),
      floor: `${ms(start?.p95 ?? Number.NaN)} starting`,
      goal: "≤ 60 ms",
      met: (answered?.p95 ?? Infinity) <= 60,
    },
  ];
}
