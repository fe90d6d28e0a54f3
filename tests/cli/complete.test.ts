import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Catalog, defineCommand } from "../../src/command.ts";
import { cli } from "../support/cli.ts";
import { tempRepo } from "../support/repository.ts";

const command = defineCommand({
  summary: "Do it",
  args: {
    name: { type: "positional", completes: "remote" },
    file: { type: "positional", required: false, completes: "file" },
    only: { type: "enum", options: ["traces", "ledgers"], description: "what to move" },
    tool: { type: "string", repeatable: true, completes: "field" },
    force: { type: "boolean", alias: "C" },
  },
  examples: [],
  run() {},
});
const entry = {
  kind: "command",
  summary: "Do it",
  section: "everyday",
  load: async () => ({ default: command }),
} as const;
const catalog: Catalog = {
  push: entry,
  hook: { ...entry, hidden: true },
  remote: { kind: "group", summary: "Remotes", section: "sharing", commands: { show: entry } },
};

/** A repository that is set up and has two remotes; gives what bash is offered, without the line that names the kind. */
async function offered(...words: string[]): Promise<string[]> {
  using repo = tempRepo();
  repo.commit("first", { "src/app.ts": "", "src/deep/er.ts": "", "notes.md": "" });
  const id = `at-${"1".repeat(32)}`;
  const home = join(repo.path, "../home");
  const project = join(home, ".agent-trace/projects", id);
  writeFileSync(join(repo.repository.commonDir, "agent-trace-id"), `${id}\n`);
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, "project-config.json"), "{}");
  writeFileSync(join(project, "remotes.json"), '{"origin":{},"backup":{},"bad\\u001b[2J":{}}');
  const argv = ["__complete", "bash", String(words.length - 1), "--", ...words];
  const { exitCode, stdout, stderr } = await cli(argv, { catalog, home, cwd: repo.path });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return stdout.trimEnd().split("\n").slice(1);
}

test.each([
  ["commands, hidden ones left out", [""], ["push", "remote"]],
  ["verbs of a group", ["remote", ""], ["show"]],
  ["a command behind global options", ["-q", "--cwd", ".", "pu"], ["push"]],
  ["options not given yet", ["push", "--force", "--fo"], []],
  ["options that may be repeated", ["push", "--tool=a", "--to"], ["--tool="]],
  ["switched-off forms", ["push", "--no-p"], ["--no-progress", "--no-pager"]],
  ["choices behind `=`", ["push", "--only=t"], ["--only=traces"]],
  ["choices as a word of their own", ["push", "--only", ""], ["traces", "ledgers"]],
  ["fields", ["push", "--tool", "remote"], ["remote.default"]],
  ["remotes, without those that a prompt cannot hold", ["push", ""], ["origin", "backup"]],
  ["remotes behind options", ["push", "--only", "traces", "--force", "o"], ["origin"]],
  ["tracked files", ["push", "origin", ""], ["notes.md", "src/"]],
  ["files below a directory", ["push", "origin", "src/"], ["src/app.ts", "src/deep/"]],
  ["files where `-C` leads", ["-C", "src", "push", "origin", "a"], ["app.ts"]],
  ["positionals behind `--`", ["push", "--", "ori"], ["origin"]],
  ["remotes behind a letter that is global elsewhere", ["push", "-C", "o"], ["origin"]],
  ["nothing behind the last argument", ["push", "origin", "a", ""], []],
  ["nothing behind an unknown command", ["constructor", ""], []],
  [
    "commands and topics for help",
    ["help", ""],
    ["push", "remote", "environment", "exit-codes", "config"],
  ],
  ["verbs for help", ["help", "remote", ""], ["show"]],
  ["directories", ["-C", "s"], ["src/"]],
])("offers %s", async (_what, words, expected) => {
  expect(await offered(...words)).toEqual(expected);
});

test("is silent and exits 0 outside of repositories, without a home and on nonsense", async () => {
  for (const argv of [["bash", "1", "--", "push"], ["zsh", "x", "--"], [], ["bash", "-1"]]) {
    const { exitCode, stderr } = await cli(["__complete", ...argv], { catalog });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  }
});
