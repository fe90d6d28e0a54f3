import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { agentSession } from "../support/agent-session.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { type TestService, testService } from "../support/service.ts";
import { personAt } from "../sync/person.ts";

let service: TestService;
beforeAll(async () => {
  service = await testService();
});
afterAll(() => service[Symbol.asyncDispose]());

describe("doctor", () => {
  test("warns of a token that cannot push", async () => {
    const account = await service.account("acme/read-only", { scopes: ["read"] });
    using person = await personAt(account);
    expect((await person.type(["doctor"])).stdout).toContain(
      "warn  the token of remote `origin` cannot push: its scope is read\n        see: agent-trace remote set-token origin\n",
    );
  });

  test("finds a project that the service does not know, and the fix helps", async () => {
    const account = await service.account("acme/gone");
    using person = await personAt(account);
    await service.request("/api/v1/projects/gone", {
      method: "DELETE",
      admin: true,
      body: '{"org_slug":"acme"}',
    });
    const fix = `agent-trace project create ${account.remote}`;
    expect((await person.type(["doctor"])).stdout).toContain(
      `fail  project \`gone\` is not registered at remote \`origin\`\n        fix: ${fix}\n`,
    );
    await person.type([...fix.split(" ").slice(1), "--token", account.token]);
    expect((await person.type(["doctor"])).stdout).not.toContain("is not registered");
  });

  test("says of a remote that cannot be reached what else to look at", async () => {
    const account = await service.account("acme/away");
    using person = await personAt(account);
    await person.type(["remote", "add", "away", "http://127.0.0.1:1/acme/away"]);
    const { stdout } = await person.type(["doctor"]);
    expect(stdout).toContain("fail  remote `away`: cannot reach remote `away`");
    expect(stdout).not.toContain("agent-trace doctor");
  });

  test("warns of refspecs by which one side's notes go over the other's, and the fix takes them out", async () => {
    using session = await agentSession();
    const ref = "refs/notes/agent-trace";
    await session.write("a.ts", "one\n");
    await session.commit();
    using directory = temporaryDirectory();
    const clone = join(directory.path, "clone");
    session.repo.run(["clone", "-q", session.repo.path, clone]);
    session.repo.run(["remote", "add", "origin", clone]);
    const told = async () => (await session.run(["doctor"])).stdout.match(/git config --unset.*/g);
    expect(await told()).toBeNull();
    for (const key of ["fetch", "push"]) {
      session.repo.run(["config", "--add", `remote.origin.${key}`, `+${ref}:${ref}`]);
    }
    // What is warned of does happen: the clone has other notes, and a fetch puts them over ours.
    session.repo.run(["push", "-q", clone, `HEAD:${ref}`]);
    session.repo.run(["fetch", "-q"]);
    expect(session.repo.run(["notes", `--ref=${ref}`, "list"])).toBe("");
    const fixes = await told();
    expect(fixes).toHaveLength(2);
    for (const fix of fixes ?? []) {
      expect(Bun.spawnSync(["sh", "-c", fix], { cwd: session.repo.path }).exitCode).toBe(0);
    }
    expect(await told()).toBeNull();
    expect(session.repo.run(["config", "--get-all", "remote.origin.fetch"])).toContain(
      "refs/heads",
    );
  });

  test("says that a clone is shallow", async () => {
    using session = await agentSession();
    session.type("a.ts", "one\n");
    await session.commit();
    await session.commit();
    using directory = temporaryDirectory();
    const clone = join(directory.path, "clone");
    session.repo.run(["clone", "-q", "--depth=1", `file://${session.repo.path}`, clone]);
    await session.run(["init"], { cwd: clone });
    const { stdout } = await session.run(["doctor"], { cwd: clone });
    expect(stdout).toContain(
      "a shallow clone: of older lines nothing is known\n        see: git fetch --unshallow\n",
    );
  });

  test("takes hooks that were left out for one choice, and sets them up with --fix", async () => {
    using session = await agentSession();
    const hook = join(session.repo.path, ".git/hooks/post-commit");
    for (const name of ["post-commit", "post-rewrite", "post-merge", "post-checkout"]) {
      rmSync(join(session.repo.path, ".git/hooks", name), { force: true });
    }
    const before = await session.run(["doctor"]);
    expect({ exitCode: before.exitCode, told: before.stdout.match(/hook/g)?.length }).toEqual({
      exitCode: 0,
      told: 1,
    });
    expect((await session.run(["doctor", "--fix", "--dry-run"])).stdout).toContain(
      "would mend  hook ",
    );
    expect(existsSync(hook)).toBe(false);
    const fixed = await session.run(["doctor", "--fix", "--yes"]);
    expect(fixed.stdout).toContain("mended  hook ");
    expect(existsSync(hook)).toBe(true);
    expect((await session.run(["doctor", "--fix"])).stdout).not.toContain("mended");
  });

  test("takes away what others may do with our files", async () => {
    using session = await agentSession();
    chmodSync(join(session.home, ".agent-trace"), 0o755);
    expect((await session.run(["doctor"])).exitCode).toBe(8);
    expect((await session.run(["doctor", "--fix"])).stdout).toContain(
      "mended  permissions of 1 file\n",
    );
    expect((await session.run(["doctor"])).stdout).not.toContain("read by others");
  });

  test("gives the same advice as init where hooks belong to the team", async () => {
    using session = await agentSession();
    session.type("team/post-commit", "#!/bin/sh\n");
    session.repo.run(["add", "team"]);
    session.repo.run(["config", "core.hooksPath", "team"]);
    await session.run(["hooks", "setup-global"]);
    const init = await session.run(["init"]);
    const { stdout } = await session.run(["doctor"]);
    const advice = /hint: (add .*)/.exec(init.stderr)?.[1] ?? "none";
    expect(stdout).toContain(`fix: ${advice}\n`);
  });
});
