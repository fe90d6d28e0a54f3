import { expect, test } from "bun:test";
import type { Catalog, CommandEntry } from "../../src/command.ts";
import { catalog } from "../../src/commands/catalog.ts";
import { cli } from "../support/cli.ts";

const unloadable = (entry: CommandEntry): CommandEntry => ({
  ...entry,
  load: () => Promise.reject(new Error("a command's module was loaded")),
});

/** The real catalog, with modules that must not be loaded. */
const guarded: Catalog = Object.fromEntries(
  Object.entries(catalog).map(([name, entry]) => {
    if (entry.kind === "command") return [name, unloadable(entry)];
    const commands = Object.entries(entry.commands).map(
      ([verb, command]) => [verb, unloadable(command)] as const,
    );
    return [name, { ...entry, commands: Object.fromEntries(commands) }];
  }),
);

test.each([
  [[]],
  [["--help"]],
  [["-h"]],
  [["help"]],
  [["remote", "--help"]],
  [["help", "remote"]],
  [["--version"]],
])("%j loads no command's module", async (argv) => {
  const { exitCode, stderr } = await cli(argv, { catalog: guarded });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
});

test("a command's own help loads its module (control)", async () => {
  expect((await cli(["version", "--help"], { catalog: guarded })).exitCode).toBe(70);
});
