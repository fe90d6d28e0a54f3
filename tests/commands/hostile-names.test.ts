import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { type AgentSession, agentSession } from "../support/agent-session.ts";
import { temporaryDirectory } from "../support/directories.ts";

/** A name that clears the screen, forges an error, and turns the reading direction round. */
const hostile = "a\u001B[2J\u009B31m\nerror: forged\r\u202Egnp.ts";
// oxlint-disable-next-line no-control-regex
const obeyed = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]/;

let session: AgentSession;
let place: string;
const directory = temporaryDirectory();

beforeAll(async () => {
  session = await agentSession();
  const spoken = {
    type: "assistant",
    message: { role: "assistant", model: hostile, content: hostile },
  };
  appendFileSync(session.transcript, `${JSON.stringify({ ...spoken, version: hostile })}\n`);
  await session.write(hostile, "one\n\u001B[2Jtwo\u202E\n");
  session.type(`${hostile}2`, "mine\n");
  await session.commit(hostile);
  place = join(directory.path, hostile.replace("/", ""));
  session.repo.run(["worktree", "add", "-q", "-b", "side", place]);
  await session.run(["init"], { cwd: place });
});
afterAll(() => {
  session[Symbol.dispose]();
  directory[Symbol.dispose]();
});

const lines: readonly (readonly string[])[] = [
  ["blame", hostile],
  ["blame", hostile, `${hostile}2`, `${hostile}3`],
  ["blame", "--ranges", "--show-no-attribution", hostile],
  ["blame", "--require-attribution", `${hostile}2`],
  ["blame", hostile, "-l", hostile],
  ["context", hostile],
  ["context", hostile, "--full"],
  ["context", hostile, "--full", "--format=jsonl"],
  ["context", hostile, "-g", hostile],
  ["context", `${hostile}3`],
  ["init"],
  ["status"],
  ["status", "--verbose"],
  ["doctor"],
  ["doctor", "--fix", "--dry-run"],
  ["hooks", "status"],
  ["projects"],
  ["projects", "show", hostile],
  ["adopt"],
  ["config", "set", hostile, hostile],
  ["remote", "add", hostile, "https://h/a/b"],
  ["remote", "add", "origin", `https://h/${hostile}/b`],
  ["remote", "show", hostile],
  ["push", "--since", hostile],
  ["push", "--remote", hostile],
  ["report"],
  ["commit-link", hostile],
  ["help", hostile],
  ["completion", hostile],
  [`--${hostile}`],
  [hostile],
  ["-C", hostile, "status"],
  ["-p", hostile, "status"],
  ["admin", "org", "list", "--url", `http://${hostile}`],
  ["admin", "org", "list", "--data", hostile],
  ["admin", "project", "create", hostile],
  ["serve", "--bootstrap", hostile],
  ["serve", "--data", "/dev/null", "--port", hostile],
];

describe.each([
  ["at a terminal", { terminal: true, environment: { NO_COLOR: "1" } }],
  ["at a narrow one", { terminal: true, columns: 20, environment: { TERM: "dumb" } }],
  ["in a pipe", {}],
  ["in a GitHub action", { environment: { GITHUB_ACTIONS: "true" } }],
] as const)("names that a terminal would obey, %s", (_where, options) => {
  test.each(lines.map((argv) => [JSON.stringify(argv), argv] as const))(
    "%s",
    async (_line, argv) => {
      const outcome = await session.run(argv, { ...options, cwd: place });
      const shown = outcome.stdout + outcome.stderr;
      expect({
        obeyed: obeyed.exec(shown)?.[0],
        forged: /^error: forged/m.test(shown),
        isBug: outcome.exitCode === 70,
      }).toEqual({ obeyed: undefined, forged: false, isBug: false });
    },
  );

  test("and in JSON", async () => {
    for (const argv of lines) {
      const { stdout, exitCode } = await session.run([...argv, "--json"], {
        ...options,
        cwd: place,
      });
      if (argv[0] === "help" && exitCode === 0) continue;
      expect([obeyed.exec(stdout)?.[0], typeof JSON.parse(stdout)]).toEqual([undefined, "object"]);
    }
  });
});
