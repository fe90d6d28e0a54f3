import { expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { cli } from "../support/cli.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { gitTestEnvironment, tempRepo } from "../support/repository.ts";
import { startSession } from "../support/pseudo-terminal.ts";

const main = join(import.meta.dir, "../../src/main.ts");

async function scene() {
  const home = temporaryDirectory();
  const repo = tempRepo();
  const environment = { ...gitTestEnvironment, HOME: home.path };
  const type = (...argv: string[]) => cli(argv, { home: home.path, cwd: repo.path, environment });
  await type("init");
  return {
    repo,
    type,
    reset: () => startSession([process.execPath, main, "reset"], { cwd: repo.path, environment }),
    async settings(): Promise<Record<string, unknown>> {
      const { settings } = JSON.parse((await type("config", "show", "--json")).stdout);
      const listed = settings as { name: string; value: unknown }[];
      return Object.fromEntries(listed.map(({ name, value }) => [name, value]));
    },
    [Symbol.dispose]() {
      home[Symbol.dispose]();
      repo[Symbol.dispose]();
    },
  };
}

test("reset asks for notes, summaries and hooks, and keeps what is answered", async () => {
  using here = await scene();
  const hook = join(here.repo.path, ".git/hooks/post-commit");
  rmSync(hook);
  await using session = here.reset();
  await session.see("into git notes at each commit? [Y/n] ");
  session.type("\r");
  await session.see("lines that agents wrote into the note? [Y/n] ");
  session.type("maybe\r");
  await session.see(/yes or no[\s\S]*\[Y\/n\] /);
  session.type("no\r");
  await session.see("summary into the note? [y/N] ");
  session.type("y\r");
  await session.see("into the note? [y/N] ");
  session.type("\r");
  await session.see("surviving lines? [y/N] ");
  session.type("\r");
  await session.see("Summarise each session when it ends? [y/N] ");
  session.type("yes\r");
  await session.see("ollama-summary, or a command): ");
  session.type("claude-summary\r");
  await session.see("hooks of git and of agents again? [Y/n] ");
  session.type("\r");
  await session.see("settings are kept");
  expect(await session.exited).toBe(0);
  expect(await here.settings()).toMatchObject({
    "notes.enabled": true,
    "notes.include-ledger": false,
    "notes.include-summary": true,
    "notes.include-prompts": false,
    "summary.enabled": true,
    "summary.command": "agent-trace summary preset-run claude-summary",
  });
  expect(await Bun.file(hook).exists()).toBeTrue();
});

test("whoever gives up has changed nothing, and where nobody can be asked it says what to do", async () => {
  using here = await scene();
  const before = await here.settings();
  await using session = here.reset();
  await session.see("[Y/n] ");
  session.type("n\r");
  await session.see("Summarise each session");
  session.type("\u0003");
  await session.see("nothing was changed");
  expect(await session.exited).not.toBe(0);
  expect(await here.settings()).toEqual(before);
  const { exitCode, stderr } = await here.type("reset");
  expect([exitCode, stderr]).toEqual([
    2,
    expect.stringContaining("agent-trace config set <field> <value>"),
  ]);
});
