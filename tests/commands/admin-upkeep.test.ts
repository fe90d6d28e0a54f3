import { expect, test } from "bun:test";
import { cli } from "../support/cli.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { testService } from "../support/service.ts";

test("an admin keeps a service in order from the machine that it runs on", async () => {
  using directory = temporaryDirectory();
  await using at = await testService();
  const { token, tokenId } = await at.account();
  const items = [{ conversation_id: "c", content: "hello" }];
  const body = JSON.stringify({ project_id: "app", items });
  await at.request("/api/v1/sync/conversations", { method: "POST", token, body });
  const admin = async (...words: string[]) => {
    const argv = ["admin", ...words, "--data", at.data];
    const { exitCode, stdout, stderr } = await cli(argv, { home: directory.path });
    return exitCode === 0 ? stdout : `${exitCode} ${stderr}`;
  };
  expect(await admin("stats")).toMatch(/^acme\/app +1 row +125 B +\d{4}-/);
  expect(await admin("gc")).toBe("0 transcripts, 0 segments and 0 rows went\n");
  expect(await admin("gc", "--dry-run")).toBe("0 transcripts, 0 segments and 0 rows would go\n");
  expect(await admin("retention", "app", "--org", "acme", "--keep-days", "30")).toBe(
    "app keeps traces and conversations for 30 days\n",
  );
  expect(await admin("retention", "app", "--org", "acme", "--keep-days", "off")).toBe(
    "app keeps everything\n",
  );
  expect(await admin("retention", "app", "--org", "acme")).toStartWith("2 error: `--keep-days`");
  const purge = ["purge", "app", "--org", "acme", "--conversation", "c"];
  expect(await admin(...purge)).toStartWith("2 error: this would take conversations of `app` away");
  expect(await admin(...purge, "--blob", "x", "--yes")).toStartWith(
    "2 error: a purge needs one of",
  );
  expect(await admin(...purge, "--dry-run")).toBe("1 conversations would go\n");
  expect(await admin(...purge, "--yes")).toBe("1 conversations went\n");
  expect(await admin("token", "rotate", tokenId, "--keep-days", "1")).toMatch(/^at_[\w-]{43}\n$/);
  expect(await admin("token", "create", "--org", "acme", "--expires", "soon")).toStartWith(
    "1 error: the service",
  );
  const acts = (await admin("audit"))
    .trimEnd()
    .split("\n")
    .map((line) => line.split(/ {2,}/)[1]);
  expect(acts).toEqual([
    "org.create",
    "project.create",
    "token.create",
    "project.retention",
    "project.retention",
    "purge",
    "token.create",
    "token.rotate",
  ]);
});
