import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Outcome, cli } from "../../support/cli.ts";
import { temporaryDirectory } from "../../support/directories.ts";
import { gitTestEnvironment, tempRepo } from "../../support/repository.ts";

function run(home: string, cwd: string, ...argv: string[]): Promise<Outcome> {
  const own = { HOME: home, AGENT_TRACE_HOME: `${home}/.agent-trace` };
  const environment = { ...gitTestEnvironment, ...own };
  return cli(argv, { home, cwd, environment, program: process.execPath });
}

function put(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

describe("the hooks of all agents on a machine", () => {
  test("come by init, are told by status, and go as they came", async () => {
    using home = temporaryDirectory();
    using repo = tempRepo();
    const cursor = '{\n  "version": 1, // mine\n  "hooks": {}\n}\n';
    const file = put(join(home.path, ".cursor/hooks.json"), cursor);
    mkdirSync(join(home.path, ".config/opencode"), { recursive: true });
    const { stdout } = await run(home.path, repo.path, "init");
    expect(stdout).toContain("added  ~/.cursor/hooks.json (hooks for Cursor)");
    expect(stdout).toContain(
      "added  ~/.config/opencode/plugins/agent-trace.ts (hooks for OpenCode)",
    );
    expect(existsSync(join(repo.path, ".cursor"))).toBe(false);
    expect((await run(home.path, repo.path, "init")).stdout).toContain("nothing to change");
    const status = (await run(home.path, repo.path, "hooks", "status", "-t", "cursor")).stdout;
    expect(status).toMatch(
      /^cursor \(everywhere\) {2}installed {2}~\/\.cursor\/hooks\.json {2}calls .*\n$/,
    );
    const removed = await run(home.path, "/", "hooks", "remove-global");
    expect(removed.stdout).toContain("removed hooks for cursor in ~/.cursor/hooks.json\n");
    expect(readFileSync(file, "utf8")).toBe(cursor);
    expect(existsSync(join(home.path, ".config/opencode/plugins/agent-trace.ts"))).toBe(false);
  });

  test("are a team's with --shared only, and then without a path of this machine", async () => {
    using home = temporaryDirectory();
    using repo = tempRepo();
    mkdirSync(join(home.path, ".gemini"));
    await run(home.path, repo.path, "init", "--shared");
    const settings = readFileSync(join(repo.path, ".gemini/settings.json"), "utf8");
    expect(JSON.parse(settings).hooks.AfterTool[0].hooks[0].command).toContain(
      "agent-trace record",
    );
    expect([
      settings.includes(process.execPath),
      existsSync(join(home.path, ".gemini/settings.json")),
    ]).toEqual([false, false]);
  });

  test("of an agent that came later are told by doctor, and mended by doctor --fix", async () => {
    using home = temporaryDirectory();
    using repo = tempRepo();
    repo.commit("base", { a: "1\n" });
    await run(home.path, repo.path, "init");
    mkdirSync(join(home.path, ".gemini"));
    const told = "gemini-cli is on this machine, and its hooks do not call agent-trace";
    expect((await run(home.path, repo.path, "doctor")).stdout).toContain(told);
    const fixed = (await run(home.path, repo.path, "doctor", "--fix")).stdout;
    expect(fixed).toContain("mended  hook ~/.gemini/settings.json");
    expect(fixed).not.toContain(told);
  });

  test("that agent-trace-cli installed are seen by all, and completed by doctor --fix", async () => {
    using home = temporaryDirectory();
    using repo = tempRepo();
    repo.commit("base", { a: "1\n" });
    const hook = {
      hooks: [{ type: "command", command: "agent-trace record" }],
      matcher: "Write|Edit",
    };
    const path = put(
      join(home.path, ".claude/settings.json"),
      JSON.stringify({ hooks: { PostToolUse: [hook] } }),
    );
    await run(home.path, repo.path, "init");
    expect(existsSync(join(repo.path, ".claude"))).toBe(false);
    const status = (await run(home.path, repo.path, "hooks", "status", "--tool", "claude")).stdout;
    expect(status).toMatch(/claude-code \(everywhere\) +incomplete/);
    expect((await run(home.path, repo.path, "doctor")).stdout).toContain("are incomplete");
    const fixed = (await run(home.path, repo.path, "doctor", "--fix")).stdout;
    expect(fixed).toContain("mended  hook ~/.claude/settings.json");
    expect(fixed).not.toContain("are incomplete");
    const { hooks } = JSON.parse(readFileSync(path, "utf8"));
    expect([hooks.PostToolUse.length, Object.keys(hooks).length]).toEqual([1, 9]);
  });
});

describe("Codex' hooks", () => {
  test("are told as not yet trusted until the person approves them, which we never do", async () => {
    using home = temporaryDirectory();
    using repo = tempRepo();
    repo.commit("base", { a: "1\n" });
    const config = put(join(home.path, ".codex/config.toml"), 'model = "gpt-5.5"\n');
    await run(home.path, repo.path, "init");
    const told = "hooks for codex are installed, not yet trusted";
    expect((await run(home.path, repo.path, "doctor")).stdout).toContain(told);
    const status = (): Promise<Outcome> =>
      run(home.path, repo.path, "hooks", "status", "-t", "codex");
    expect((await status()).stdout).toMatch(/codex \(everywhere\) {2}installed, not yet trusted/);
    expect(readFileSync(config, "utf8")).toBe('model = "gpt-5.5"\n');
    const hooks = join(home.path, ".codex/hooks.json");
    const events = Object.keys(JSON.parse(readFileSync(hooks, "utf8")).hooks);
    const approve = (isEnabled: boolean): void => {
      const entries = events.map((event) => {
        const snake = event.replaceAll(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
        return `[hooks.state."${hooks}:${snake}:0:0"]\nenabled = ${isEnabled}\ntrusted_hash = "sha256:00"\n`;
      });
      writeFileSync(config, `model = "gpt-5.5"\n\n${entries.join("\n")}`);
    };
    approve(false);
    expect((await status()).stdout).toContain("not yet trusted");
    approve(true);
    expect((await status()).stdout).toMatch(/codex \(everywhere\) {2}installed {2}/);
    expect((await run(home.path, repo.path, "doctor")).stdout).not.toContain(told);
  });
});
