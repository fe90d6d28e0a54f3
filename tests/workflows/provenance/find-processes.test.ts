import { expect, test } from "bun:test";
import {
  findProcesses,
  isAnyAlive,
} from "../../../src/workflows/provenance/shell/find-processes.ts";

test.skipIf(process.platform === "win32")(
  "a command's processes are found by its words, however a shell quotes them, and seen to end",
  async () => {
    const began = Date.now();
    const command = `read line; : "it's ${crypto.randomUUID()}"`;
    const child = Bun.spawn(["sh", "-c", command], { stdin: "pipe" });
    const quoted = command.replaceAll("'", `'\\''`);
    const found = findProcesses(quoted, began);
    expect(found).toHaveLength(1);
    expect(isAnyAlive(found)).toBe(true);
    expect(findProcesses(command, Date.now() + 60_000)).toEqual([]);
    expect(findProcesses("", 0)).toEqual([]);
    void child.stdin.end();
    await child.exited;
    expect(isAnyAlive(found)).toBe(false);
  },
);
