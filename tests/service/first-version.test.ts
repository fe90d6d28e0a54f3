import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256Hex } from "../../src/schema/digest.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { type TestService, testService } from "../support/service.ts";

const agent = { "User-Agent": "agent-trace/0.1.0 (bun-linux-x64)" };
const text = "a transcript of the first version";

/** The tables as our first version left them, with a project, a token's digest, and a conversation with its blob. */
function firstVersion(data: string, token: string): void {
  mkdirSync(join(data, "blobs", sha256Hex(text).slice(0, 2)), { recursive: true });
  writeFileSync(join(data, "blobs", sha256Hex(text).slice(0, 2), sha256Hex(text)), text);
  using database = new Database(join(data, "service.db"), { create: true });
  database.run("PRAGMA page_size = 8192");
  for (const statement of [
    "CREATE TABLE service (epoch TEXT NOT NULL) STRICT",
    "CREATE TABLE orgs (id TEXT PRIMARY KEY, slug TEXT NOT NULL UNIQUE, name TEXT NOT NULL) STRICT",
    `CREATE TABLE tokens (id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, prefix TEXT NOT NULL,
       org_id TEXT NOT NULL REFERENCES orgs (id), project_id TEXT, scopes TEXT NOT NULL, name TEXT,
       created_at INTEGER NOT NULL, last_used_at INTEGER, revoked_at INTEGER) STRICT`,
    "CREATE INDEX tokens_org ON tokens (org_id, created_at)",
    `CREATE TABLE projects (number INTEGER PRIMARY KEY AUTOINCREMENT, org_id TEXT NOT NULL REFERENCES orgs (id),
       project_id TEXT NOT NULL, name TEXT, description TEXT, created_at INTEGER NOT NULL,
       UNIQUE (org_id, project_id)) STRICT`,
    `CREATE TABLE places (org_id TEXT NOT NULL REFERENCES orgs (id), project_id TEXT NOT NULL,
       resource INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (org_id, project_id, resource)) STRICT, WITHOUT ROWID`,
    `CREATE TABLE rows (number INTEGER PRIMARY KEY, project INTEGER NOT NULL REFERENCES projects (number) ON DELETE CASCADE,
       resource INTEGER NOT NULL, place INTEGER NOT NULL, key TEXT NOT NULL, blob TEXT, writer TEXT,
       bytes INTEGER NOT NULL, body TEXT NOT NULL) STRICT`,
    "CREATE UNIQUE INDEX rows_place ON rows (project, resource, place, bytes)",
    `CREATE TABLE known_blobs (org_id TEXT NOT NULL REFERENCES orgs (id), id TEXT NOT NULL, project_id TEXT NOT NULL,
       size INTEGER NOT NULL, created_at INTEGER NOT NULL, PRIMARY KEY (org_id, id, project_id)) STRICT, WITHOUT ROWID`,
    ...["keys", "fresh_keys"].map(
      (
        table,
      ) => `CREATE TABLE ${table} (project INTEGER NOT NULL, resource INTEGER NOT NULL, key TEXT NOT NULL,
       number INTEGER NOT NULL, PRIMARY KEY (project, resource, key)) STRICT, WITHOUT ROWID`,
    ),
    `CREATE TRIGGER projects_keys AFTER DELETE ON projects BEGIN
       DELETE FROM keys WHERE project = old.number; DELETE FROM fresh_keys WHERE project = old.number; END`,
    "INSERT INTO service VALUES ('0123456789abcdef0123456789abcdef')",
    "INSERT INTO orgs VALUES ('acme-1', 'acme', 'Acme')",
    "INSERT INTO projects (org_id, project_id, created_at) VALUES ('acme-1', 'app', 1)",
    "INSERT INTO places VALUES ('acme-1', 'app', 3, 7)",
    "INSERT INTO fresh_keys VALUES (1, 3, 'c', 1)",
  ]) {
    database.run(statement);
  }
  const scopes = "read write projects:write";
  database.run(
    "INSERT INTO tokens VALUES ('t', ?, 'at_', 'acme-1', NULL, ?, NULL, 1, NULL, NULL)",
    [sha256Hex(token), scopes],
  );
  const body = JSON.stringify({ conversation_id: "c", content_sha256: sha256Hex(text) });
  database.run("INSERT INTO rows VALUES (1, 1, 3, 7, 'c', ?, 't', ?, ?)", [
    sha256Hex(text),
    body.length,
    body,
  ]);
  database.run("INSERT INTO known_blobs VALUES ('acme-1', ?, 'app', ?, 1)", [
    sha256Hex(text),
    text.length,
  ]);
  database.run("PRAGMA user_version = 2");
}

/** What our first version asks in a push and a pull, word for word; gives the statuses and the epochs. */
async function exchange(at: TestService, token: string) {
  const heard: { status: number; epoch: string | null }[] = [];
  const ask = async (path: string, init: RequestInit = {}) => {
    const headers = { ...agent, Authorization: `Bearer ${token}`, Accept: "application/json" };
    const answer = await fetch(`${at.url}${path}`, {
      ...init,
      headers: { ...headers, ...(init.headers as object) },
    });
    heard.push({ status: answer.status, epoch: answer.headers.get("Agent-Trace-Epoch") });
    return answer;
  };
  const version = (await (await ask("/api/v1/version")).json()) as { epoch: string };
  const grown = `${text}, grown`;
  const missing = JSON.stringify({ sha256: [sha256Hex(grown)] });
  await ask("/api/v1/blobs/missing", { method: "POST", body: missing });
  await ask("/api/v1/blobs", {
    method: "POST",
    headers: { "Content-Encoding": "zstd" },
    body: new Uint8Array(Bun.zstdCompressSync(grown)),
  });
  const pointer = JSON.stringify({ conversation_id: "c", content_sha256: sha256Hex(grown) });
  const batch = `{"project_id":"app","items":[\n${pointer}\n]}`;
  const sent = (await (
    await ask("/api/v1/sync/conversations", { method: "POST", body: batch })
  ).json()) as object;
  const page = await ask("/api/v1/sync/conversations?project_id=app&limit=1000");
  const { items } = (await page.json()) as { items: object[] };
  const blob = await ask(`/api/v1/blobs/${sha256Hex(grown)}`);
  return { version, sent, items, grown: await blob.text(), heard };
}

test("a service takes over what the first version left, and answers what the first version asks", async () => {
  using directory = temporaryDirectory();
  const token = `at_${"A".repeat(43)}`;
  firstVersion(directory.path, token);
  await using at = await testService({ data: directory.path });
  const old = await at.request(`/api/v1/blobs/${sha256Hex(text)}`, { token });
  expect(await old.text()).toBe(text);
  const { version, sent, items, grown, heard } = await exchange(at, token);
  expect(version.epoch).toBe("0123456789abcdef0123456789abcdef");
  expect(sent).toMatchObject({ ok: true, count: 1, replaced: 1, refused: [] });
  expect(items).toEqual([{ conversation_id: "c", content_sha256: sha256Hex(`${text}, grown`) }]);
  expect(grown).toBe(`${text}, grown`);
  // It breaks off where an answer names another epoch than the version did.
  expect(new Set(heard.map(({ epoch }) => epoch))).toEqual(new Set([version.epoch]));
  expect(heard.map(({ status }) => status)).toEqual([200, 200, 201, 200, 200, 200]);
  // What the first version wrote can be appended to like anything else.
  const more = await at.request(
    `/api/v1/blobs/${sha256Hex(`${text}!`)}?base=${sha256Hex(text)}&offset=${text.length}`,
    { method: "PUT", token, body: "!" },
  );
  expect(more.status).toBe(201);
  const read = await at.request(`/api/v1/blobs/${sha256Hex(`${text}!`)}`, { token });
  expect(await read.text()).toBe(`${text}!`);
});
