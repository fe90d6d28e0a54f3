import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { agents } from "../../src/capture/agents.ts";
import { agentSession } from "../support/agent-session.ts";
import { cli } from "../support/cli.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { tempRepo } from "../support/repository.ts";

const rule = "context-for-agents";

function inRepository() {
  const repo = tempRepo();
  const at = (path: string): string => join(repo.path, path);
  return {
    at,
    type: (...argv: string[]) => cli(argv, { cwd: repo.path }),
    status: () => repo.run(["status", "--porcelain", "--ignored", "--untracked-files=all"]),
    [Symbol.dispose]: () => repo[Symbol.dispose](),
  };
}

test("a rule is written for the agents that are named, and goes without a trace", async () => {
  using here = inRepository();
  writeFileSync(here.at("AGENTS.md"), "# Mine\nno end");
  const before = here.status();
  for (const { name } of agents) {
    const { exitCode, stdout } = await here.type("rule", "add", rule, "--tool", name);
    expect([name, exitCode, stdout]).toEqual([name, 0, expect.stringMatching(/^(?:added|kept) /)]);
  }
  expect(
    (await here.type("rule", "list")).stdout.split("\n").filter((line) => / there( |$)/.test(line)),
  ).toHaveLength(8);
  expect(readFileSync(here.at("AGENTS.md"), "utf8")).toStartWith(
    "# Mine\nno end\n\n<!-- agent-trace rule",
  );
  expect(
    readFileSync(here.at(".cursor/rules/agent-trace-context-for-agents.mdc"), "utf8"),
  ).toStartWith("---\ndescription: ");
  const { stdout } = await here.type(
    "rule",
    "remove",
    rule,
    ...agents.flatMap(({ name }) => ["--tool", name]),
  );
  expect(stdout).toContain(
    "removed context-for-agents in AGENTS.md (read by codex, opencode, amp, droid, pi)\n",
  );
  expect(here.status()).toBe(before);
  expect(readFileSync(here.at("AGENTS.md"), "utf8")).toBe("# Mine\nno end");
  expect(existsSync(here.at(".cursor"))).toBeFalse();
  expect((await here.type("rule", "remove", rule, "--tool", "codex")).stdout).toStartWith(
    "no rule ",
  );
});

test("nothing is written unasked, over a person's words, or out of the repository", async () => {
  using here = inRepository();
  using elsewhere = temporaryDirectory();
  expect((await here.type("rule", "add", rule)).exitCode).toBe(2);
  expect((await here.type("rule", "add", "other", "--tool", "codex")).exitCode).toBe(2);
  expect((await here.type("rule", "add", rule, "--tool", "nobody")).exitCode).toBe(2);
  mkdirSync(here.at(".claude/rules"), { recursive: true });
  const own = here.at(".claude/rules/agent-trace-context-for-agents.md");
  writeFileSync(own, "my own words\n");
  const refused = await here.type("rule", "add", rule, "--tool", "codex", "--tool", "claude");
  expect([refused.exitCode, refused.stderr]).toEqual([
    1,
    expect.stringContaining("was changed by hand"),
  ]);
  expect((await here.type("rule", "remove", rule, "--tool", "claude")).exitCode).toBe(1);
  expect(readFileSync(own, "utf8")).toBe("my own words\n");
  expect(existsSync(here.at("AGENTS.md"))).toBeFalse();
  writeFileSync(join(elsewhere.path, "GEMINI.md"), "theirs\n");
  symlinkSync(join(elsewhere.path, "GEMINI.md"), here.at("GEMINI.md"));
  const led = await here.type("rule", "add", rule, "--tool", "gemini");
  expect([led.exitCode, led.stderr]).toEqual([
    1,
    expect.stringContaining("leads out of the repository"),
  ]);
  expect(readFileSync(join(elsewhere.path, "GEMINI.md"), "utf8")).toBe("theirs\n");
});

test("a link within the repository stays one", async () => {
  using here = inRepository();
  writeFileSync(here.at("CLAUDE.md"), "shared\n");
  symlinkSync("CLAUDE.md", here.at("AGENTS.md"));
  await here.type("rule", "add", rule, "--tool", "codex");
  expect(readFileSync(here.at("CLAUDE.md"), "utf8")).toContain("agent-trace context <file> -l A-B");
  await here.type("rule", "remove", rule, "--tool", "codex");
  expect(readFileSync(here.at("CLAUDE.md"), "utf8")).toBe("shared\n");
});

test("doctor tells of a rule that an older version wrote", async () => {
  using session = await agentSession();
  const at = join(session.repo.path, "AGENTS.md");
  await session.run(["rule", "add", rule, "--tool", "codex"]);
  const told = async (): Promise<boolean> =>
    (await session.run(["doctor", "--offline"])).stdout.includes("is of an older version");
  expect(await told()).toBeFalse();
  const text = readFileSync(at, "utf8");
  const [, digest = ""] = /([0-9a-f]{12})/.exec(text) ?? [];
  const older = "older words\n";
  const body = text.slice(text.indexOf("-->\n") + 4, text.indexOf("<!-- end"));
  const fresh = createHash("sha256").update(older).digest("hex").slice(0, 12);
  writeFileSync(at, text.replace(body, older).replace(digest, fresh));
  expect(await told()).toBeTrue();
  await session.run(["rule", "add", rule, "--tool", "codex"]);
  expect(readFileSync(at, "utf8")).toBe(text);
});

test("what a rule says is printed before it is added", async () => {
  using here = inRepository();
  const { stdout } = await here.type("rule", "show");
  expect(stdout).toStartWith("# Before you change code");
});
