import { expect, test } from "bun:test";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Program } from "../../../src/context.ts";
import { calledPath, programCall, silentCall } from "../../../src/workflows/set-up/program-call.ts";
import { temporaryDirectory } from "../../support/directories.ts";

const program = (path: string): Program => ({ version: "0", commit: "", target: "test", path });

function shell(line: string, path = "/usr/bin:/bin") {
  const { exitCode, stdout, stderr } = Bun.spawnSync(["/bin/sh", "-c", line], {
    env: { PATH: path },
    stdin: Buffer.from("payload"),
  });
  return { exitCode, stdout: stdout.toString(), stderr: stderr.toString() };
}

function fake(directory: string, name: string): string {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, name);
  writeFileSync(path, `#!/bin/sh\necho "${name === "agent-trace" ? "called" : name} $1 $(cat)"\n`);
  chmodSync(path, 0o755);
  return path;
}

test.each(["plain", "with blank", "it's", '"$(touch x)"', "`x`;exit 1", "-n", "ü"])(
  "a program in the directory %j is called by its path",
  (name) => {
    using directory = temporaryDirectory();
    const path = fake(join(directory.path, name), "agent-trace");
    expect(shell(programCall(program(path), "record"))).toEqual({
      exitCode: 0,
      stdout: "called record payload\n",
      stderr: "",
    });
    expect(calledPath(programCall(program(path), "record"))).toBe(path);
  },
);

test("a program that is gone is called by its name, and nothing is said where there is none", () => {
  using directory = temporaryDirectory();
  fake(join(directory.path, "bin"), "agent-trace");
  const call = programCall(program("/nonexistent/agent-trace"), "record");
  expect(shell(call, `${directory.path}/bin:/bin`).stdout).toBe("called record payload\n");
  const silent = silentCall(program("/nonexistent/agent-trace"), "record");
  expect(shell(silent)).toEqual({ exitCode: 0, stdout: "", stderr: "" });
});

test("an agent hears neither what the program prints nor how it ends", () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "agent-trace");
  writeFileSync(path, "#!/bin/sh\necho out; echo err >&2; exit 2\n");
  chmodSync(path, 0o755);
  expect(shell(silentCall(program(path), "record"))).toEqual({
    exitCode: 0,
    stdout: "",
    stderr: "",
  });
});

test("a program that runs from its sources is called by its name", () => {
  const call = programCall({ ...program("/usr/bin/bun"), target: "source" }, "record");
  expect(call).toEndWith("; agent-trace record");
  expect(calledPath(call)).toBeUndefined();
});

test.each([
  ["BUN_OPTIONS", "--preload=./x.ts"],
  ["BUN_BE_BUN", "1"],
  ["BUN_INSPECT", "ws://127.0.0.1:0/a?wait=1"],
  ["BUN_INSPECT_CONNECT_TO", "unix:///nonexistent"],
  ["BUN_INSPECT_NOTIFY", "unix:///nonexistent"],
  ["BUN_INSPECT_PRELOAD", "/nonexistent.js"],
  ["NODE_CHANNEL_FD", "3"],
  ["NODE_OPTIONS", "--inspect-brk"],
])("%s of other programs is kept from it", (name, value) => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "agent-trace");
  writeFileSync(path, `#!/bin/sh\necho "[$${name}]"\n`);
  chmodSync(path, 0o755);
  const line = `${name}='${value}'; export ${name}; ${programCall(program(path), "record")}`;
  expect(shell(line).stdout).toBe("[]\n");
});
