import { expect, test } from "bun:test";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { version } from "../../package.json";
import { temporaryDirectory } from "../support/directories.ts";
import { compiledProgram } from "../support/program.ts";
import { startProgram } from "../support/start-program.ts";

/** A home into which the real install script put the real program, with a line for PATH and hooks for all. */
async function installed(path: string) {
  const home = join(path, "home");
  mkdirSync(home);
  writeFileSync(join(home, ".bashrc"), "# mine\nexport EDITOR=vi\n");
  mkdirSync(join(home, ".claude"));
  writeFileSync(join(home, ".claude/settings.json"), '{\n  "model": "opus"\n}\n');
  const environment = { PATH: process.env["PATH"], HOME: home, SHELL: "/bin/bash" };
  const run = (argv: string[], more: Record<string, string> = {}) =>
    startProgram(argv, { cwd: home, environment: { ...environment, ...more } });
  const { exitCode } = await run(["sh", `${process.cwd()}/install.sh`, "--modify-path"], {
    AGENT_TRACE_INSTALL_BINARY: compiledProgram(),
  });
  expect(exitCode).toBe(0);
  const program = join(home, ".local/bin/agent-trace");
  expect((await run([program, "hooks", "setup-global"])).exitCode).toBe(0);
  return { home, program, run };
}

/** Every file below a directory with its text, but for the program's. */
function files(directory: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [file, file.endsWith("/agent-trace") ? "" : readFileSync(file, "utf8")]),
  );
}

test("uninstalling takes back what was installed and nothing else; a dry run does nothing", async () => {
  using directory = temporaryDirectory();
  const { home, program, run } = await installed(directory.path);
  const before = files(home);
  const dry = await run([program, "self", "uninstall", "--dry-run"]);
  expect(dry).toEqual({
    exitCode: 0,
    stdout: [
      "would remove  hooks of all repositories in ~/.claude/settings.json",
      "would remove  the line for PATH in ~/.bashrc",
      "would remove  the program ~/.local/bin/agent-trace",
      "would remove  its receipt ~/.local/bin/.agent-trace-receipt.json",
      "kept  your records in ~/.agent-trace",
      "",
    ].join("\n"),
    stderr: "",
  });
  expect(files(home)).toEqual(before);
  expect((await run([program, "self", "uninstall"])).exitCode).toBe(2);
  expect(files(home)).toEqual(before);
  const done = await run([program, "self", "uninstall", "--yes"]);
  expect(done).toEqual({ ...dry, stdout: dry.stdout.replaceAll("would remove", "removed") });
  expect(files(home)).toEqual({
    [join(home, ".bashrc")]: "# mine\nexport EDITOR=vi\n",
    [join(home, ".claude/settings.json")]: '{\n  "model": "opus"\n}\n',
  });
});

test("a program that no install script put there is left alone", async () => {
  using directory = temporaryDirectory();
  const program = join(directory.path, "agent-trace");
  copyFileSync(compiledProgram(), program);
  const { exitCode, stderr } = await startProgram([program, "self", "uninstall", "--yes"], {
    cwd: directory.path,
    environment: { HOME: directory.path },
  });
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr: `error: \`${program}\` was not put there by an install script\nhint: remove it by what installed it, such as the package manager, or delete the file\n`,
  });
  expect(existsSync(program)).toBe(true);
});

test("the program that is installed is the one that was tried", async () => {
  using directory = temporaryDirectory();
  const { program, run } = await installed(directory.path);
  expect((await run([program, "--version"])).stdout).toBe(`agent-trace ${version}\n`);
});
