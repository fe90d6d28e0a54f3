import { expect, test } from "bun:test";
import { join, resolve } from "node:path";
import { startSession } from "../support/pseudo-terminal.ts";

const module = join(resolve(import.meta.dir, "../.."), "src/terminal/read-typed-line.ts");
const script = `
  const { readTypedLine } = await import(${JSON.stringify(module)});
  const secret = await readTypedLine(() => process.stdout.write("ready\\n"));
  process.stdout.write(secret === undefined ? "given up" : "got " + [...secret].reverse().join("") + ".");
`;

test.each([
  ["hush\u007Fsh\r", "got hssuh."],
  ["a\u0003", "given up"],
  ["\u0004", "given up"],
])("%j is read without being shown", async (keys, answer) => {
  await using session = startSession([process.execPath, "-e", script], {
    cwd: "/",
    environment: { PATH: process.env["PATH"] },
  });
  await session.see("ready");
  session.type(keys);
  const shown = await session.see(answer);
  expect(shown).not.toContain("hush");
  expect(await session.exited).toBe(0);
});
