import { join } from "node:path";

const main = join(import.meta.dir, "../../src/main.ts");

export interface ServerProcess {
  readonly url: string;
  readonly process: Bun.Subprocess<"ignore", "pipe", "pipe">;
  /** The JSON line that the process printed once it listened. */
  readonly answer: Record<string, unknown>;
}

export interface ServerProcessOptions {
  readonly flags?: string[];
  readonly environment?: Record<string, string>;
  /** Another program that takes the same command line. */
  readonly program?: string;
}

/** `agent-trace serve` as a process of its own on a free port, over this directory; resolves once it listens. */
export async function serverProcess(
  data: string,
  { flags = [], environment = {}, program = main }: ServerProcessOptions = {},
): Promise<ServerProcess> {
  const child = Bun.spawn(
    [
      process.execPath,
      program,
      "serve",
      "--json",
      ...(flags.includes("--port") ? [] : ["--port", "0"]),
      "--data",
      data,
      ...flags,
    ],
    {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      env: { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent", ...environment },
    },
  );
  const line = await firstLine(child.stdout);
  if (line === undefined) {
    throw new Error(`serve did not start: ${await new Response(child.stderr).text()}`);
  }
  const answer = JSON.parse(line) as Record<string, unknown>;
  return { url: String(answer["url"]), process: child, answer };
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string | undefined> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return undefined;
    text += decoder.decode(value, { stream: true });
    const end = text.indexOf("\n");
    if (end < 0) continue;
    reader.releaseLock();
    return text.slice(0, end);
  }
}
