import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { projectPaths } from "../../src/store/files/paths.ts";
import { appendLines } from "../../src/store/files/append.ts";
import { conversationIdOf } from "../../src/schema/digest.ts";
import { findProjectId } from "./person.ts";
import { said, twoReaders } from "./two-readers.ts";

const whole = ["context", "a.ts", "--full"];

test("a remote to which no conversation goes gets attribution alone, and a teammate reads why", async () => {
  await using scene = await twoReaders();
  const { session, ben, service } = scene;
  const paths = projectPaths(`${session.home}/.agent-trace`, findProjectId(session.repo.path));
  const conversation_id = conversationIdOf(session.transcript);
  const summary = { conversation_id, summary: "s", created_at: "2026-01-01T00:00:00Z" };
  appendLines(paths.summaries, [JSON.stringify(summary)]);
  expect(
    (await session.run(["remote", "set-policy", "origin", "--transcripts", "none"])).stdout,
  ).toBe("No conversation goes to origin from now on\n");
  expect((await session.run(["remote", "show", "origin"])).stdout).toContain(
    "\npolicy   conversations do not go there\n",
  );
  service.log.length = 0;
  const pushed = await session.run(["push", "--full"]);
  expect(pushed.stdout.split("\n")[0]).toEndWith(", without conversations");
  expect(pushed.stdout).not.toContain("summaries");
  const asked = service.log.map(({ path }) => path).filter((path) => /conv|blob|summ/.test(path));
  expect(asked).toEqual([]);
  expect((await session.run(["status", "--exit-code"])).exitCode).toBe(0);

  await ben(["pull"]);
  expect((await ben(whole)).stdout).toContain("its conversation is not shared by its author");
  const { segments } = JSON.parse((await ben([...whole, "--json"])).stdout);
  expect(segments[0].conversation_absence).toBe("unshared");
  // Who has it reads it.
  expect((await session.run(whole)).stdout).toContain("write it with");

  await session.run(["remote", "set-policy", "origin", "--transcripts", "redacted"]);
  expect((await session.run(["push"])).exitCode).toBe(0);
  await ben(["pull"]);
  expect((await ben(whole)).stdout).toContain("write it with [redacted:");
});

test("without transcripts no summary leaves either, and a pull without them claims nothing", async () => {
  await using scene = await twoReaders();
  const { session, ben, service } = scene;
  await session.run(["push", "--no-transcripts"]);
  expect(service.log.map(({ path }) => path).filter((path) => /conv|summ/.test(path))).toEqual([]);
  await ben(["pull", "--no-transcripts"]);
  expect((await ben(whole)).stdout).toContain("its conversation is not kept here");
});

test("a comparison with such a remote, or after a purge, neither misses conversations nor sends them", async () => {
  await using scene = await twoReaders();
  const { session, service } = scene;
  const compare = ["verify", "--remote", "origin", "--repair", "--no-progress"];
  const conversations = () =>
    service.log.filter(
      ({ path, method }) =>
        method !== "GET" && /conv|blob|summ/.test(path) && !/digest|missing/.test(path),
    );
  await session.run(["push"]);
  const purge = ["admin", "purge", "p", "--org", "acme"];
  const id = conversationIdOf(session.transcript);
  await session.run([...purge, "--conversation", id, "--yes", "--data", service.data]);
  await session.run(["pull"]);
  service.log.length = 0;
  expect((await session.run(compare)).exitCode).toBe(0);
  expect(conversations()).toEqual([]);

  await using other = await twoReaders();
  await other.session.run(["push"]);
  await other.session.run(["remote", "set-policy", "origin", "--transcripts", "none"]);
  using database = new Database(join(other.service.data, "service.db"));
  database.run("DELETE FROM rows WHERE blob IS NOT NULL");
  other.service.log.length = 0;
  expect((await other.session.run(compare)).exitCode).toBe(0);
  expect(other.service.log.filter(({ path }) => /conv|blob|summ/.test(path))).toEqual([]);
});

test("a policy needs its word, and one that is not understood lets nothing go", async () => {
  await using scene = await twoReaders();
  const { session, service } = scene;
  const bare = await session.run(["remote", "set-policy", "origin"]);
  expect([bare.exitCode, bare.stderr.split("\n")[0]]).toEqual([
    2,
    "error: `remote set-policy` needs `--transcripts`",
  ]);
  const paths = projectPaths(`${session.home}/.agent-trace`, findProjectId(session.repo.path));
  const text = await Bun.file(paths.remotes).text();
  await Bun.write(paths.remotes, text.replace('"url"', '"transcripts":"some","url"'));
  service.log.length = 0;
  await session.run(["push"]);
  expect(service.log.some(({ path }) => path.includes("conversations"))).toBe(false);
});

test.each(["push", "pull"])(
  "what was purged goes from every cache, its author's %s says so once, and nothing of it is sent again",
  async (first) => {
    await using scene = await twoReaders();
    const { session, ben, service, home } = scene;
    const kept = (person: string): Promise<string> =>
      Bun.$`find ${person}/.agent-trace/projects -path '*/conversations/*' -type f -not -path '*/live/*' -name '????????????????????????????????????????????????????????????????'`.text();
    await session.run(["push"]);
    await ben(["pull"]);
    appendFileSync(session.transcript, said("more"));
    await session.run(["push"]);
    await ben(["pull"]);
    expect(await kept(home)).not.toBe("");
    const id = conversationIdOf(session.transcript);
    const purge = ["admin", "purge", "p", "--org", "acme", "--conversation", id, "--yes"];
    expect((await session.run([...purge, "--data", service.data])).exitCode).toBe(0);

    appendFileSync(session.transcript, said("and more"));
    const why = `warning: conversation ${id.slice(0, 12)} was purged at \`origin\`: it stays on this machine, and does not go there again\n`;
    const told = await session.run([first]);
    expect(told.exitCode).toBe(0);
    expect(told.stderr).toContain(why);
    appendFileSync(session.transcript, said("and still more"));
    service.log.length = 0;
    const later = await session.run(["push"]);
    expect([later.exitCode, later.stderr]).toEqual([0, expect.not.stringContaining("purged")]);
    expect(
      service.log.filter(({ path, method }) => method !== "GET" && /conv|blob/.test(path)),
    ).toEqual([]);
    expect((await session.run(["status", "--exit-code"])).exitCode).toBe(0);

    // Every pull takes the copies away, also the author's; what the agent said here stays.
    expect((await ben(["pull"])).exitCode).toBe(0);
    const pulled = await session.run(["pull"]);
    expect([pulled.exitCode, pulled.stderr]).toEqual([0, expect.not.stringContaining("purged")]);
    expect(await kept(home)).toBe("");
    expect(await kept(session.home)).toBe("");
    expect((await ben(whole)).stdout).toContain("its conversation was purged where it was shared");
    expect((await session.run(whole)).stdout).toContain("and more");
    expect((await session.run(["push"])).exitCode).toBe(0);
    expect(await kept(session.home)).toBe("");
  },
);
