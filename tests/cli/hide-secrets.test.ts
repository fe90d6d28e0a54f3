import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { secretsOf } from "../../src/cli/hide-secrets.ts";
import { newPerson } from "../sync/person.ts";

const main = resolve(import.meta.dir, "../../src/main.ts");
const token = `at_${"canary".padEnd(43, "x")}`;

test.each([
  [["remote", "add", "origin", "url", "--token", token], [token]],
  [["remote", "add", "origin", "url", `--token=${token}`], [token]],
  [["set", "globaluser", token], [token]],
  [["config", "set", "global.auth-token", token], [token]],
  [["remote", "add", "origin", "url", "--token", "-"], []],
  [["remote", "add", "origin", "url", "--token-env", "NAME"], []],
  [["remote", "add", "origin", "url", "--token"], []],
  [["push", "--json"], []],
])("%j holds %j", (argv, secrets) => {
  expect(secretsOf(argv)).toEqual(secrets);
});

const misplaced: readonly (readonly string[])[] = [
  ["remote", "set-token", "origin", token],
  ["remote", "add", "origin", "http://127.0.0.1:1/a/b", "--token-env", token],
  ["remote", "add", "origin", `http://${token}@127.0.0.1:1/a/b`],
  ["push", token],
  ["push", "--remote", token],
  ["push", `--since=${token}`],
  ["push", `--only=${token}`],
  ["config", "set", token, "x"],
  ["set", "globaluser", token, "surplus"],
  [`--${token}`, "push"],
  ["-p", token, "push"],
  [token],
];

test.each(misplaced.map((argv) => ({ line: argv.join(" "), argv })))(
  "a token typed in the wrong place is not repeated: $line",
  async ({ argv }) => {
    using person = await newPerson();
    for (const more of [["--debug"], ["--json"]]) {
      const { exitCode, stdout, stderr } = await person.type([...argv, ...more]);
      expect(exitCode).not.toBe(0);
      expect(stdout + stderr).not.toContain("canary");
    }
  },
);

test.skipIf(process.platform !== "linux").each([
  { form: "--token at_…", options: ["--token", token] },
  { form: "--token=at_…", options: [`--token=${token}`] },
])(
  "a token given as $form is not among the arguments that others see, and still works",
  async ({ options }) => {
    using person = await newPerson();
    let child: Bun.Subprocess | undefined;
    let shown = "";
    let sent: string | null = null;
    await using server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch(request) {
        sent = request.headers.get("Authorization");
        shown = readFileSync(`/proc/${child?.pid}/cmdline`, "latin1");
        const whose = { org_slug: "acme", project_id_scope: null, scopes: [] };
        return Response.json(whose);
      },
    });
    const url = `http://127.0.0.1:${server.port}/acme/app`;
    child = Bun.spawn([process.execPath, main, "remote", "add", "origin", url, ...options], {
      cwd: person.repo.path,
      env: { PATH: process.env["PATH"], HOME: person.home, AGENT_TRACE_HOME: person.store },
      stdout: "ignore",
      stderr: "ignore",
    });
    expect(await child.exited).toBe(0);
    expect(sent as string | null).toBe(`Bearer ${token}`);
    expect(shown).toContain(url);
    expect(shown).not.toContain("canary");
  },
);
