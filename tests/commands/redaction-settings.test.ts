import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { agentSession } from "../support/agent-session.ts";

const rules = `[[rules]]\nid = "acme-token"\nregex = '''acme_[a-z0-9]{12}\\b'''\nkeywords = ["acme_"]\n`;
const text = '{"text":"use acme_0123456789ab now"}\n';

test("a company's rules are read when they are set, and hold in every directory of the repository", async () => {
  using session = await agentSession();
  const { repo } = session;
  mkdirSync(join(repo.path, "ci"));
  writeFileSync(join(repo.path, "ci/rules.toml"), rules);
  writeFileSync(join(repo.path, "a.jsonl"), text);
  const inside = { cwd: join(repo.path, "ci") };
  expect(await session.run(["config", "set", "redaction.rules", "rules.toml"], inside)).toEqual({
    exitCode: 0,
    stdout: "redaction.rules is ci/rules.toml\n",
    stderr: "1 rule read\n",
  });
  expect(await session.run(["redact", "../a.jsonl"], inside)).toMatchObject({
    exitCode: 0,
    stdout: '{"text":"use [redacted:acme-token] now"}\n',
  });
});

test.each([
  ["[[rules]]\nid = 'x'", "`rules.toml`: rule `x`: it has no `regex`"],
  [`${rules}[[rules]]\nid = 'y'\nregex = 'a(?!b)'`, "`rules.toml`: rule `y`: error parsing regexp"],
])(
  "rules that cannot be followed are told when they are set, and by redact: %j",
  async (bad, message) => {
    using session = await agentSession();
    const { repo } = session;
    const file = join(repo.path, "rules.toml");
    writeFileSync(join(repo.path, "a.jsonl"), text);
    writeFileSync(file, bad);
    const set = ["config", "set", "redaction.rules", "rules.toml"];
    const refused = await session.run(set);
    expect([refused.exitCode, refused.stdout]).toEqual([2, ""]);
    expect(refused.stderr).toContain(`error: ${message}`);
    expect(refused.stderr).toContain("hint: ");
    expect((await session.run(["redact", "a.jsonl"])).stdout).toBe(text);

    writeFileSync(file, rules);
    await session.run(set);
    writeFileSync(file, bad);
    expect((await session.run(["redact", "a.jsonl"])).stderr).toContain(`error: ${message}`);
    const { stderr } = await session.run(["context", "a.jsonl"]);
    expect(stderr).not.toContain("acme_0123456789ab");
  },
);

test("rules that are gone stop redact, and are taken back as the hint says", async () => {
  using session = await agentSession();
  writeFileSync(join(session.repo.path, "rules.toml"), rules);
  writeFileSync(join(session.repo.path, "a.jsonl"), text);
  await session.run(["config", "set", "redaction.rules", "rules.toml"]);
  session.repo.run(["clean", "-qf", "rules.toml"]);
  const { exitCode, stderr } = await session.run(["redact", "a.jsonl"]);
  expect([exitCode, stderr.split("\n")[0]]).toEqual([
    2,
    "error: the rules in `rules.toml` cannot be read",
  ]);
  const doctor = async () => (await session.run(["doctor", "--offline"])).stdout;
  expect(await doctor()).toContain("fail  the rules in `rules.toml` cannot be read");
  await session.run(["config", "reset", "redaction.rules"]);
  expect((await session.run(["redact", "a.jsonl"])).stdout).toBe(text);
  expect(await doctor()).not.toContain("rules.toml");
  await session.run(["config", "set", "redaction.enabled", "false", "--yes"]);
  expect(await doctor()).toContain("warn  redaction is off: conversations leave with");
});

test.each([
  ["abc", "`abc` in `redaction.allow` is no SHA-256 and no pattern"],
  [`${"a".repeat(64)}, ${"a".repeat(63)}`, `\`${"a".repeat(63)}\` in`],
  ["/x*/", "`/x*/` in `redaction.allow` would allow every value"],
  ["/(/", "`/(/` in `redaction.allow`: error parsing regexp"],
])("redaction.allow refuses %j when it is set", async (typed, message) => {
  using session = await agentSession();
  const { exitCode, stderr } = await session.run(["config", "set", "redaction.allow", typed]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(message);
  expect((await session.run(["config", "show"])).stdout).toMatch(/redaction\.allow +- /);
});

test("redaction.allow takes hashes and patterns, commas within them too", async () => {
  using session = await agentSession();
  const secret = "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";
  const line = `{"text":"use ${secret} now"}\n`;
  writeFileSync(join(session.repo.path, "a.jsonl"), line);
  const redact = async () => (await session.run(["redact", "a.jsonl"])).stdout;
  expect(await redact()).toContain("[redacted:");
  const hash = new Bun.CryptoHasher("sha256").update(secret).digest("hex");
  for (const typed of [`/^nothing {1,2}/, /^ghp_[a-zA-Z]{1,9}/`, `/x,y/ ${hash.toUpperCase()}`]) {
    await session.run(["config", "set", "redaction.allow", typed]);
    expect(await redact()).toBe(line);
  }
  await session.run(["config", "reset", "redaction.allow"]);
  expect(await redact()).toContain("[redacted:");
});

test("redaction is switched off only by who says yes", async () => {
  using session = await agentSession();
  const off = ["config", "set", "redaction.enabled", "off"];
  const state = async () =>
    (await session.run(["config", "show"])).stdout.match(/redaction\.enabled +(\w+)/)?.[1];
  const refused = await session.run(off);
  expect([refused.exitCode, refused.stderr]).toEqual([
    2,
    "error: without redaction conversations leave with the secrets that stand in them\nhint: add `--yes` if that is meant\n",
  ]);
  const terminal = { terminal: true, environment: { NO_COLOR: "1" } };
  for (const typed of ["", "n", "yess"]) {
    const { exitCode, stderr } = await session.run(off, { ...terminal, typed });
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("Switch it off? [y/N] ");
  }
  expect(await session.run(off, { ...terminal, typed: "y" })).toMatchObject({ exitCode: 0 });
  expect(await state()).toBe("false");
  // Switching it on asks nothing.
  expect((await session.run(["config", "set", "redaction.enabled", "on"])).exitCode).toBe(0);
  expect((await session.run([...off, "--yes"])).exitCode).toBe(0);
  expect(await state()).toBe("false");
});
