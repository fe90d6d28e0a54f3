import { expect, test } from "bun:test";
import type { Catalog, Entry } from "../../src/command.ts";
import { catalog } from "../../src/commands/catalog.ts";
import { cli } from "../support/cli.ts";

const unloadable = (entry: Entry): Entry =>
  entry.kind === "group"
    ? { ...entry, commands: guard(entry.commands) }
    : { ...entry, load: () => Promise.reject(new Error("a command's module was loaded")) };

function guard(entries: Catalog): Catalog {
  return Object.fromEntries(
    Object.entries(entries).map(([word, entry]) => [word, unloadable(entry)]),
  );
}

/** The real catalog, with modules that must not be loaded. */
const guarded = guard(catalog);

test.each([
  [[]],
  [["--help"]],
  [["-h"]],
  [["help"]],
  [["remote", "--help"]],
  [["help", "remote"]],
  [["admin", "org", "--help"]],
  [["--version"]],
])("%j loads no command's module", async (argv) => {
  const { exitCode, stderr } = await cli(argv, { catalog: guarded });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
});

test("a command's own help loads its module (control)", async () => {
  expect((await cli(["version", "--help"], { catalog: guarded })).exitCode).toBe(70);
});
