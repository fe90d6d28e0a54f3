import { expect, test } from "bun:test";
import { appendFileSync, existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { agentSession } from "../../support/agent-session.ts";

const counters = "/proc/self/io";
const mebibyte = 1024 * 1024;

/** Bytes that this process has handed to the kernel. */
function written(): number {
  return Number(/^wchar: (\d+)$/m.exec(readFileSync(counters, "utf8"))?.[1]);
}

test.skipIf(!existsSync(counters))(
  "500 tool calls of a session of 50 MiB write its growth and what they record, and little else",
  async () => {
    using session = await agentSession();
    const part = Buffer.alloc((50 * mebibyte) / 500, `${"x".repeat(1023)}\n`);
    const before = lines();
    await session.write("a.ts", before.join(""));
    const start = written();
    let others = 0;
    for (let call = 0; call < 500; call++) {
      appendFileSync(session.transcript, part);
      const path = join(session.repo.path, "a.ts");
      const size = statSync(path).size;
      await session.edit("a.ts", `line ${call}\n`, `line ${call}, edited\n`);
      others += part.length + size + `, edited`.length;
    }
    const projects = join(session.home, ".agent-trace", "projects");
    const [project = ""] = readdirSync(projects);
    const traces = statSync(join(projects, project, "traces.jsonl")).size;
    const cost = written() - start - others - traces;
    console.log(`${(cost / mebibyte).toFixed(1)} MiB written for 50 MiB of transcript`);
    expect(cost).toBeLessThan(2 * 50 * mebibyte);
    expect(await session.aiLines("a.ts")).toHaveLength(2000);
  },
  60_000,
);

/** A file of a usual size. */
function lines(): string[] {
  return Array.from({ length: 2000 }, (_, line) => `line ${line}\n`);
}
