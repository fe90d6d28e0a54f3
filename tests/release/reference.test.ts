import { describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { agentsPage } from "../../release/agents-page.ts";
import { commandsPage } from "../../release/commands-page.ts";
import { type Definition, readDefinitions } from "../../release/definitions.ts";
import { manual } from "../../release/manual.ts";
import { namePositionals, parseLine } from "../../src/cli/arguments.ts";
import { findCommand } from "../../src/cli/command-path.ts";
import { globalOptions } from "../../src/cli/global-options.ts";
import { catalog } from "../../src/commands/catalog.ts";
import { renderHelp } from "../../src/terminal/help.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { gate } from "../support/gate.ts";

const definitions = await readDefinitions(catalog);
const commands: readonly Definition[] = definitions.chapters.flatMap(
  (chapter) => chapter.definitions,
);
const plain = (text: string): string => text;

test("docs/commands.md is what the definitions say (else: `bun run docs`)", () => {
  expect(readFileSync("docs/commands.md", "utf8")).toBe(commandsPage(definitions));
});

test("docs/agents.md is what the adapters say (else: `bun run docs`)", async () => {
  expect(readFileSync("docs/agents.md", "utf8")).toBe(await agentsPage());
});

describe("the page of", () => {
  test.each(commands.map(({ path, page }) => [path, page] as const))("%s", (_path, page) => {
    expect(renderHelp(page, 80, plain)).toMatchSnapshot();
  });
  test.each(definitions.topics)("the topic %s", (_topic, page) => {
    expect(renderHelp(page, 80, plain)).toMatchSnapshot();
  });
});

test("every command has an example, and names itself in it", () => {
  const without = commands.filter(
    ({ path, page }) =>
      !page.examples.some(({ line }) => line.includes(`agent-trace ${path.split(" ")[0]}`)),
  );
  expect(without.map(({ path }) => path)).toEqual([]);
});

/** What the guides show in their blocks of shell and YAML. */
const shown = [
  "README.md",
  "CONTRIBUTING.md",
  "docs/install.md",
  "docs/ci.md",
  "docs/deploy.md",
  "docs/report.md",
  "docs/attestations.md",
].flatMap((file) =>
  [...readFileSync(file, "utf8").matchAll(/^```(?:sh|yaml)\n([^]*?)^```$/gm)].flatMap(
    ([, block = ""]) =>
      block
        .split("\n")
        .map((line) => line.replace(/\s+#.*$/, "").replace(/^\s*(?:- )?(?:run: )?/, "")),
  ),
);
const calls = [...commands.flatMap(({ page }) => page.examples.map(({ line }) => line)), ...shown]
  .flatMap(callsIn)
  .map((words) => [words.join(" "), words] as const);

test.each(calls)("the command line takes the example `%s`", async (_line, words) => {
  const leading = parseLine(
    words,
    { ...globalOptions, version: { type: "boolean" } },
    { stopAtWord: true },
  );
  if (leading.rest.length === 0) return;
  const found = findCommand(catalog, leading.rest);
  if (found.kind === "group") throw new Error("a group alone is no command");
  const { args } = (await found.entry.load()).default;
  const { positionals } = parseLine(found.rest, { ...globalOptions, ...args });
  // What xargs adds is the last argument.
  const isFed = _line.endsWith("--require-attribution") && positionals.length === 0;
  namePositionals(found.path, args, isFed ? ["file"] : positionals);
});

/** The calls of the program in a line of shell, each as its words; quoted words keep their blanks. */
function callsIn(line: string): string[][] {
  return (
    line
      .split(/\||;|&&|<\(|>|\)|</)
      .map((part) => /^(?:.*\s)?agent-trace ((?:[a-z]|-).*)$/.exec(part.trim())?.[1])
      .filter((rest) => rest !== undefined)
      // `journalctl -u agent-trace -o cat` calls another program.
      .filter((rest) => !rest.startsWith("-o "))
      .map((rest) =>
        [...rest.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
          ([, double, single, bare]) => double ?? single ?? bare ?? "",
        ),
      )
  );
}

gate("mandoc has nothing to say about the manual", { needs: ["mandoc"] }, () => {
  using directory = temporaryDirectory();
  const files = [...manual(definitions, 1_770_000_000)].map(([name, text]) => {
    const file = join(directory.path, name);
    writeFileSync(file, text);
    return file;
  });
  const { exitCode, stdout } = Bun.spawnSync(["mandoc", "-Tlint", ...files]);
  expect({ exitCode, stdout: stdout.toString() }).toEqual({ exitCode: 0, stdout: "" });
});

describe("the short page of", () => {
  test.each(commands.map(({ path, page }) => [path, page] as const))(
    "%s fits on a screen",
    (_path, page) => {
      const lines = renderHelp(page, 80, plain, "short").trimEnd().split("\n");
      expect(
        lines.filter((line) => Bun.stringWidth(line) > 80 && !line.startsWith("Usage:")),
      ).toEqual([]);
      expect(lines.length).toBeLessThanOrEqual(24);
    },
  );
});
