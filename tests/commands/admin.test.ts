import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { openStores } from "../../src/service/data-directory.ts";
import { cli } from "../support/cli.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { adminSecret, testService } from "../support/service.ts";

describe("admin", () => {
  test("does the same on a running service and on its data", async () => {
    await using service = await testService();
    for (const [place, org] of [
      [["--url", service.url], "acme"],
      [["--data", service.data], "umbrella"],
    ] as const) {
      const run = async (...argv: string[]) => {
        const outcome = await cli(["admin", ...argv, ...place, "--json"], {
          environment: { AGENT_TRACE_ADMIN_SECRET: adminSecret, AGENT_TRACE_HOME: "/nonexistent" },
        });
        expect(outcome.exitCode).toBe(0);
        return JSON.parse(outcome.stdout) as Record<string, never>;
      };
      expect(await run("org", "create", org)).toMatchObject({ created: true, org: { slug: org } });
      expect(await run("org", "create", org)).toMatchObject({ created: false });
      expect((await run("org", "list"))["orgs"]).toContainEqual(
        expect.objectContaining({ slug: org }),
      );
      const made = await run(
        "token",
        "create",
        "--org",
        org,
        "--scope=read",
        "--scope=projects:write",
      );
      const token = String(made["token"]);
      expect(made["scopes"]).toEqual(["read", "projects:write"] as never);
      const created = await service.request("/api/v1/projects", {
        method: "POST",
        token,
        body: '{"project_id":"app"}',
      });
      expect(created.status).toBe(201);
      expect(await run("project", "list", "--org", org)).toMatchObject({
        projects: [{ project_id: "app" }],
      });
      await run("project", "delete", "app", "--org", org, "--yes");
      expect(await run("project", "list", "--org", org)).toMatchObject({ projects: [] });
      await run("token", "revoke", String(made["id"]));
      expect((await service.request("/api/v1/auth/whoami", { token })).status).toBe(401);
      expect(await run("token", "list", "--org", org)).toMatchObject({
        tokens: [{ id: made["id"], revoked_at: expect.any(String) }],
      });
    }
  });

  test("makes a project, and lists at a terminal under a header, with ages, within the width", async () => {
    await using service = await testService({ service: { now: () => Date.now() * 1000 } });
    const run = (argv: readonly string[], more: object = {}) =>
      cli(["admin", ...argv, "--data", service.data], {
        environment: { NO_COLOR: "1", AGENT_TRACE_HOME: "/nonexistent" },
        ...more,
      });
    await run(["org", "create", "acme"]);
    const create = ["project", "create", "app", "--org", "acme", "--name", "n".repeat(90)];
    expect(await run(create)).toEqual({ exitCode: 0, stdout: "Made project app\n", stderr: "" });
    expect((await run(create)).exitCode).toBe(6);
    const now = () => new Date(Date.now() + 3 * 24 * 3_600_000);
    const shown = await run(["project", "list", "--org", "acme"], { terminal: true, now });
    const [header = "", row = ""] = shown.stdout.split("\n");
    expect(header).toBe("PROJECT  CREATED  NAME");
    expect(row).toMatch(/^app {6}3d ago {3}n+…$/);
    expect(row.length).toBe(80);
    const piped = await run(["project", "list", "--org", "acme"], { now });
    expect(piped.stdout).toMatch(/^app {2}\d{4}-\d\d-\d\dT[\d:.]+Z {2}n{90}\n$/);
  });

  test("tells a wrong admin secret from a missing one", async () => {
    await using service = await testService();
    const environment = { AGENT_TRACE_ADMIN_SECRET: "wrong" };
    expect(await cli(["admin", "org", "list", "--url", service.url], { environment })).toEqual({
      exitCode: 4,
      stdout: "",
      stderr:
        "error: the service does not take this admin secret\nhint: check `AGENT_TRACE_ADMIN_SECRET`; `serve` says in which file it is\n",
    });
  });

  test("prints a new token alone on stdout", async () => {
    using directory = temporaryDirectory();
    const data = join(directory.path, ".agent-trace/service");
    await (await openStores({ data, now: () => 1 })).records.close();
    const outcome = await cli(["admin", "token", "create"], { home: directory.path });
    expect(outcome).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(/^at_[\w-]{43}\n$/),
      stderr: expect.stringMatching(/^Token [0-9a-f-]{36}; it is shown this once\n$/),
    });
  });

  test.each([
    [
      ["org", "list"],
      1,
      "error: there is no service's data in /nowhere/.agent-trace/service\nhint: name it with `--data`, or a running service with `--url`\n",
    ],
    [
      ["org", "list", "--url", "https://traces.example.com"],
      4,
      "error: `--url` needs the service's admin secret\nhint: set `AGENT_TRACE_ADMIN_SECRET`; `serve` says in which file it is\n",
    ],
    [
      ["org", "list", "--url", "https://me:pw@traces.example.com"],
      2,
      "error: not a service's URL: it holds more than a host, a port and a path\nhint: write <scheme>://<host>[:port]\n",
    ],
    [
      ["org", "list", "--url", "http://localhost", "--data", "x"],
      2,
      "error: `--url` and `--data` name two services\nhint: give one\n",
    ],
    [
      ["project", "delete", "app"],
      2,
      "error: this would delete project `app` and all its rows\nhint: add `--yes` if that is meant\n",
    ],
    [
      ["org", "craete"],
      2,
      "error: unknown command `admin org craete`\nhint: did you mean `agent-trace admin org create`?\n",
    ],
  ])("%j fails with a hint", async (argv, exitCode, stderr) => {
    const outcome = await cli(["admin", ...argv], { home: "/nowhere" });
    expect(outcome).toEqual({ exitCode, stdout: "", stderr });
  });

  test("says what the service refused, with its code", async () => {
    await using service = await testService();
    const { exitCode, stdout } = await cli(
      ["admin", "org", "list", "--url", service.url, "--json"],
      { home: "/nowhere", environment: { AGENT_TRACE_ADMIN_SECRET: "wrong" } },
    );
    expect([exitCode, JSON.parse(stdout).error.code]).toEqual([4, "admin_required"]);
  });
});
