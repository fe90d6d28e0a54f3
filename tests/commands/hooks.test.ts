import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Outcome, cli } from "../support/cli.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { gitTestEnvironment, tempRepo } from "../support/repository.ts";

const program = "/usr/local/bin/agent-trace";

function run(home: string, cwd: string, ...argv: string[]): Promise<Outcome> {
  const own = { HOME: home, AGENT_TRACE_HOME: `${home}/.agent-trace` };
  return cli(argv, { home, cwd, environment: { ...gitTestEnvironment, ...own } });
}

describe("hooks of coding agents in the person's home", () => {
  test("come into the settings and leave them byte for byte, through a link as well", async () => {
    using home = temporaryDirectory();
    const text = '{\n    "model": "opus",\n    "env": {"A": "1"}\n}';
    const real = join(home.path, "dotfiles/settings.json");
    mkdirSync(dirname(real));
    writeFileSync(real, text, { mode: 0o600 });
    mkdirSync(join(home.path, ".claude"));
    symlinkSync(real, join(home.path, ".claude/settings.json"));
    expect(await run(home.path, "/", "hooks", "setup-global")).toEqual({
      exitCode: 0,
      stdout: "added hooks for claude-code in ~/.claude/settings.json\n",
      stderr: "",
    });
    expect(JSON.parse(readFileSync(real, "utf8")).hooks.Stop[0].hooks[0].command).toContain(
      program,
    );
    expect((await run(home.path, "/", "hooks", "setup-global")).stdout).toBe(
      "kept hooks for claude-code in ~/.claude/settings.json\n",
    );
    expect((await run(home.path, "/", "hooks", "remove-global")).stdout).toBe(
      "removed hooks for claude-code in ~/.claude/settings.json\n",
    );
    expect([readFileSync(real, "utf8"), statSync(real).mode & 0o777]).toEqual([text, 0o600]);
    expect((await run(home.path, "/", "hooks", "remove-global")).stdout).toBe(
      "no hooks for claude-code in ~/.claude/settings.json\n",
    );
  });

  test("take the file along that they came with", async () => {
    using home = temporaryDirectory();
    await run(home.path, "/", "hooks", "setup-global", "--tool", "claude-code");
    expect(existsSync(join(home.path, ".claude/settings.json"))).toBe(true);
    await run(home.path, "/", "hooks", "remove-global");
    expect(existsSync(join(home.path, ".claude/settings.json"))).toBe(false);
  });

  test("leave damaged settings alone", async () => {
    using home = temporaryDirectory();
    mkdirSync(join(home.path, ".claude"));
    const file = join(home.path, ".claude/settings.json");
    writeFileSync(file, "{ oops");
    expect(await run(home.path, "/", "hooks", "setup-global")).toEqual({
      exitCode: 1,
      stdout: "",
      stderr:
        `error: \`${file}\` is left alone: this is no settings file that can be understood\n` +
        "hint: repair the file, then run the command again\n",
    });
    expect(readFileSync(file, "utf8")).toBe("{ oops");
  });

  test("are those of agents that are known", async () => {
    using home = temporaryDirectory();
    expect(await run(home.path, "/", "hooks", "setup-global", "--tool", "clippy")).toEqual({
      exitCode: 2,
      stdout: "",
      stderr:
        "error: `clippy` is no choice of `--tool`\nhint: choose one of claude-code, cursor, codex, gemini-cli, copilot, vscode-copilot, opencode, windsurf, amp, droid, continue, cline, pi\n",
    });
  });

  test("take over from those of the repository when it is set up again", async () => {
    using home = temporaryDirectory();
    using repo = tempRepo();
    await run(home.path, repo.path, "init");
    await run(home.path, "/", "hooks", "setup-global");
    const { stdout } = await run(home.path, repo.path, "init");
    expect(stdout).toContain("removed  .claude/settings.local.json");
    expect(existsSync(join(repo.path, ".claude/settings.local.json"))).toBe(false);
  });
});

test("hooks status tells of every hook whether it calls us, and by which path", async () => {
  using home = temporaryDirectory();
  using repo = tempRepo();
  const status = async (cwd: string): Promise<unknown> => {
    const { hooks } = JSON.parse((await run(home.path, cwd, "hooks", "status", "--json")).stdout);
    return hooks;
  };
  const everywhere = {
    name: "claude-code",
    kind: "agent-everywhere",
    path: join(home.path, ".claude/settings.json"),
    installed: false,
    program: null,
  };
  expect(await status(home.path)).toEqual([everywhere]);
  await run(home.path, repo.path, "init");
  const hooks = join(repo.path, ".git/hooks");
  expect(await status(repo.path)).toEqual([
    { name: "post-commit", kind: "git", path: `${hooks}/post-commit`, installed: true, program },
    { name: "post-rewrite", kind: "git", path: `${hooks}/post-rewrite`, installed: true, program },
    { name: "post-merge", kind: "git", path: `${hooks}/post-merge`, installed: true, program },
    {
      name: "post-checkout",
      kind: "git",
      path: `${hooks}/post-checkout`,
      installed: true,
      program,
    },
    {
      name: "claude-code",
      kind: "agent",
      path: join(repo.path, ".claude/settings.local.json"),
      installed: true,
      program,
    },
    everywhere,
  ]);
});
