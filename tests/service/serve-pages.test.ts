import { expect, test } from "bun:test";
import { cli } from "../support/cli.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { testService } from "../support/service.ts";
import { adminSecret } from "../support/service.ts";
import { serverProcess } from "../support/server-process.ts";

/** Whether `/` is a page, and whether there is anything to log in to. */
async function lookAt(flags: string[]): Promise<[string | null, number]> {
  using directory = temporaryDirectory();
  const server = await serverProcess(directory.path, { flags });
  const page = await fetch(server.url, { headers: { Accept: "text/html" } });
  const session = await fetch(`${server.url}/team/session`);
  server.process.kill("SIGTERM");
  await server.process.exited;
  return [page.headers.get("Content-Type"), session.status];
}

test.each([
  [["--bootstrap", "acme/app"], true],
  [["--bootstrap", "acme/app", "--no-ui"], false],
  [["--ui"], true],
  [[], false],
] as const)("serve %p has a page for the team: %p", async (flags, expected) => {
  expect(await lookAt([...flags])).toEqual(
    expected ? ["text/html; charset=utf-8", 200] : ["application/json", 404],
  );
});

test("an admin switches tables by person on and off, which the audit tells", async () => {
  await using service = await testService();
  await service.account("acme/app");
  using directory = temporaryDirectory();
  const environment = { AGENT_TRACE_ADMIN_SECRET: adminSecret };
  const run = (...argv: string[]) =>
    cli(["admin", "org", "people", ...argv, "--url", service.url], {
      home: directory.path,
      environment,
    });
  const org = await service.records.findOrg({ slug: "acme" });
  expect((await run("acme", "--show")).stdout).toBe(
    "acme shows tables by person to all of its members\n",
  );
  expect(await service.records.namesPeople(org?.id ?? "")).toBe(true);
  expect((await run("acme", "--hide")).exitCode).toBe(0);
  expect(await service.records.namesPeople(org?.id ?? "")).toBe(false);
  expect((await run("acme")).stderr).toContain("say one of `--show` and `--hide`");
  const acts = await service.records.operations.latestActs(2);
  expect(acts.map(({ action, target }) => [action, target]).toSorted()).toEqual([
    ["org.people", "off"],
    ["org.people", "on"],
  ]);
});
