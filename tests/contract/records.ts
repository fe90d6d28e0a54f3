import { beforeEach, describe, expect, test } from "bun:test";
import type { BlobId } from "../../src/schema/ids.ts";
import type { Resource } from "../../src/schema/resource.ts";
import { hashBlob, sha256Hex } from "../../src/schema/digest.ts";
import {
  type Microseconds,
  type NewRow,
  type Records,
  type RowOutcome,
  type StoreOptions,
  type Tenant,
  type Token,
  defaultOrg,
} from "../../src/service/records.ts";

/** One database that can be opened more than once, as several processes would. */
export interface RecordsScene extends AsyncDisposable {
  open(now: () => Microseconds): Promise<Records>;
}

const acme = { id: "acme-id", slug: "acme", name: "Acme" };
const tenant: Tenant = { orgId: acme.id, projectId: "app" };
const row = (key: string, text = `{"id":"${key}"}`): NewRow => ({ key, text });
const counts = (outcomes: readonly RowOutcome[] | undefined) =>
  outcomes?.map(({ stored, duplicate, replaced }) => ({ stored, duplicate, replaced }));
const nobody = { writer: null };

/** All rows behind a place, as one text. */
async function pageOf(
  records: Records,
  of: Tenant,
  resource: Resource,
  since: number | null = null,
) {
  const extents = await records.extents(of, resource, { since, limit: 1000 });
  const [from, to] = [extents[0]?.place ?? 0, extents.at(-1)?.place ?? 0];
  const texts = await records.texts(of, resource, { from, to });
  const text = new TextDecoder().decode(texts);
  return { text, count: extents.length, last: extents.at(-1)?.place ?? null };
}

function token(id: string, more: Partial<Token> = {}): Token {
  return {
    id,
    prefix: `at_${id}`.slice(0, 8),
    org_id: acme.id,
    project_id: null,
    scopes: ["read", "write"],
    name: null,
    created_at: 1,
    last_used_at: null,
    revoked_at: null,
    expires_at: null,
    ...more,
  };
}

/** What every database of the service must do. */
export function recordsContract(name: string, makeScene: () => Promise<RecordsScene>): void {
  describe(`${name} as the service's database`, () => {
    let clock = 1_000_000;
    const now = (): Microseconds => clock;
    beforeEach(() => void (clock = 1_000_000));

    async function scene() {
      const made = await makeScene();
      const records = await made.open(now);
      await records.createOrg(acme);
      await records.createProject({
        org_id: acme.id,
        project_id: "app",
        name: null,
        description: null,
        created_at: 7,
      });
      const page = (since: Microseconds | null = null, of = tenant) =>
        pageOf(records, of, "traces", since);
      return {
        records,
        page,
        reopen: () => made.open(now),
        store: (rows: NewRow[], resource = "traces" as const) =>
          records.store(tenant, [{ resource, rows }], { writer: "ada" }).then(counts),
        async [Symbol.asyncDispose]() {
          await records.close();
          await made[Symbol.asyncDispose]();
        },
      };
    }

    test("has the default org and an epoch that stays, and another than any other", async () => {
      await using first = await scene();
      await using second = await scene();
      expect(await first.records.findOrg({ slug: "default" })).toEqual({ ...defaultOrg });
      const again = await first.reopen();
      expect(again.epoch).toBe(first.records.epoch);
      expect(again.epoch).toMatch(/^[0-9a-f]{32}$/);
      expect(second.records.epoch).not.toBe(first.records.epoch);
      await again.close();
    });

    test("makes an org once, and says who holds its slug or its id", async () => {
      await using at = await scene();
      const { records } = at;
      expect(await records.createOrg({ ...acme, name: "Other" })).toEqual({
        org: acme,
        created: false,
      });
      expect(await records.createOrg({ ...acme, id: "x" })).toEqual({
        conflict: "slug",
        org: acme,
      });
      expect(await records.createOrg({ ...acme, slug: "x" })).toEqual({
        conflict: "id",
        org: acme,
      });
      expect((await records.orgs()).map(({ slug }) => slug)).toEqual(["acme", "default"]);
      expect(await records.findOrg({ id: "nobody" })).toBeUndefined();
    });

    test("finds a token by its digest, with its org, revoked or not", async () => {
      await using at = await scene();
      const { records } = at;
      const made = token("one", { project_id: "app", scopes: ["projects:write"], name: "ci" });
      await records.createToken(made, "digest");
      expect(await records.findToken("digest")).toEqual({ token: made, org: acme });
      expect(await records.findToken("other")).toBeUndefined();
      await records.touchToken("one", 5);
      expect(await records.revokeToken("one", 6)).toBe(true);
      expect(await records.revokeToken("one", 9)).toBe(true);
      expect(await records.revokeToken("two", 9)).toBe(false);
      expect(await records.tokens(acme.id)).toEqual([{ ...made, last_used_at: 5, revoked_at: 6 }]);
      expect(await records.tokens(defaultOrg.id)).toEqual([]);
    });

    test("makes a project once, and forgets its rows and blobs with it", async () => {
      await using at = await scene();
      const { records } = at;
      const project = {
        org_id: acme.id,
        project_id: "app",
        name: null,
        description: null,
        created_at: 7,
      };
      expect(await records.createProject({ ...project, name: "again" })).toBe(false);
      expect(await records.projects(acme.id)).toEqual([{ ...project, number: 1, keep_days: null }]);
      await at.store([row("a")]);
      const last = (await at.page()).last ?? 0;
      const blob = { id: hashBlob("x"), size: 1 };
      await records.ownBlob(tenant, blob);
      expect(await records.deleteProject(tenant)).toBe(true);
      expect(await records.deleteProject(tenant)).toBe(false);
      expect(await records.project(tenant)).toBeUndefined();
      expect((await records.knownBlobs({ ...tenant, projectId: null }, [blob.id])).size).toBe(0);
      expect(await at.store([row("a")])).toBeUndefined();
      clock = 1;
      await records.createProject(project);
      expect((await at.page()).count).toBe(0);
      await at.store([row("a")]);
      expect((await at.page()).last).toBeGreaterThan(last);
    });

    test("keeps texts byte for byte and gives them in the order of their places", async () => {
      await using at = await scene();
      const texts = [
        '{"z":1.0,"id":"a"}',
        '{"n":12345678901234567890,"u":"ü\\u0000\\ud800"}',
        "{}",
      ];
      expect(await at.store(texts.map((text, index) => row(String(index), text)))).toEqual([
        { stored: 3, duplicate: 0, replaced: 0 },
      ]);
      expect(await at.page()).toEqual({ text: texts.join(",\n"), count: 3, last: 1_000_002 });
      expect(await at.page(1_000_000)).toMatchObject({ count: 2 });
      expect(await at.page(1_000_002)).toEqual({ text: "", count: 0, last: null });
      expect(await at.records.row(tenant, "traces", "1")).toEqual({
        text: texts[1] ?? "",
        writer: "ada",
      });
      expect(await at.records.row(tenant, "ledgers", "1")).toBeUndefined();
    });

    test("gives places that only grow, whatever the clock does", async () => {
      await using at = await scene();
      const lasts: (number | null)[] = [];
      for (const time of [1_000_000, 1_000_000, 5, 2_000_000]) {
        clock = time;
        await at.store([row(crypto.randomUUID()), row(crypto.randomUUID())]);
        lasts.push((await at.page()).last);
      }
      expect(lasts).toEqual([1_000_001, 1_000_003, 1_000_005, 2_000_001]);
      expect((await at.page()).count).toBe(8);
    });

    test("keeps a trace as first written, replaces others that differ at a new place", async () => {
      await using at = await scene();
      const rows = [row("a"), row("b")];
      await at.store(rows);
      expect(await at.store([row("a", '{"other":1}')])).toEqual([
        { stored: 0, duplicate: 1, replaced: 0 },
      ]);
      const ledgers = (texts: NewRow[]) =>
        at.records.store(tenant, [{ resource: "ledgers", rows: texts }], nobody).then(counts);
      expect(await ledgers([...rows, row("a")])).toEqual([
        { stored: 2, duplicate: 1, replaced: 0 },
      ]);
      expect(await ledgers([row("a", '{"v":2}'), row("b")])).toEqual([
        { stored: 0, duplicate: 1, replaced: 1 },
      ]);
      expect(await pageOf(at.records, tenant, "ledgers")).toMatchObject({
        text: '{"id":"b"},\n{"v":2}',
      });
    });

    test("gives rows in the order of their last places, not of their first ones", async () => {
      await using at = await scene();
      const keys = Array.from({ length: 100 }, (_, number) => `k${number}`);
      const ledgers = (version: number) => (key: string) => row(key, `{"${key}":${version}}`);
      const store = (rows: NewRow[]) =>
        at.records.store(tenant, [{ resource: "ledgers", rows }], nobody);
      await store(keys.map(ledgers(1)));
      await store(keys.toReversed().map(ledgers(2)));
      const { text } = await pageOf(at.records, tenant, "ledgers");
      const expected = keys.toReversed().map((key) => ledgers(2)(key).text);
      expect(text).toBe(expected.join(",\n"));
    });

    test("compares conversations by their blob alone", async () => {
      await using at = await scene();
      const conversation = (content: string, text: string): NewRow => ({
        key: "c",
        text,
        blob: { id: hashBlob(content), size: content.length },
      });
      const store = async (item: NewRow) =>
        (
          await at.records.store(tenant, [{ resource: "conversations", rows: [item] }], nobody)
        )?.[0];
      expect(await store(conversation("x", "{}"))).toMatchObject({ stored: 1 });
      expect(await store(conversation("x", '{"later":1}'))).toMatchObject({ duplicate: 1 });
      expect(await store(conversation("y", "{}"))).toMatchObject({ replaced: 1 });
      const known = await at.records.knownBlobs(tenant, [hashBlob("x"), hashBlob("y")]);
      expect(known.size).toBe(2);
    });

    test("stores all of a batch or nothing of it", async () => {
      await using at = await scene();
      const broken = { key: "b", text: null as unknown as string };
      const batch = [
        { resource: "commit_links" as const, rows: [row("a")] },
        { resource: "ledgers" as const, rows: [row("a"), broken] },
      ];
      await expect(at.records.store(tenant, batch, nobody)).rejects.toThrow();
      expect(await pageOf(at.records, tenant, "commit_links")).toMatchObject({ count: 0 });
    });

    test("says where rows lie and how long they are, and gives a part of one", async () => {
      await using at = await scene();
      const text = (length: number): string => `"${"ü".repeat(length)}"`;
      await at.store([1, 100, 2].map((length, key) => row(String(key), text(length))));
      const extents = (since: number | null, limit: number) =>
        at.records.extents(tenant, "traces", { since, limit });
      expect(await extents(null, 2)).toEqual([
        { place: 1_000_000, bytes: 4 },
        { place: 1_000_001, bytes: 202 },
      ]);
      expect(await extents(1_000_001, 9)).toEqual([{ place: 1_000_002, bytes: 6 }]);
      const slice = async (place: number, from: number, bytes: number) =>
        Buffer.from(await at.records.slice(tenant, "traces", { place, from, bytes })).toString();
      expect(await slice(1_000_001, 1, 4)).toBe("üü");
      expect(await slice(1_000_001, 199, 100)).toBe('ü"');
      expect(await slice(5, 0, 4)).toBe("");
    });

    test("says which places new rows got, and the last one before them", async () => {
      await using at = await scene();
      const store = async (keys: string[]) =>
        (
          await at.records.store(
            tenant,
            [{ resource: "traces", rows: keys.map((key) => row(key)) }],
            nobody,
          )
        )?.[0];
      expect(await at.records.places(tenant)).toMatchObject({ traces: null, ledgers: null });
      expect(await store(["a", "b"])).toMatchObject({
        first: 1_000_000,
        last: 1_000_001,
        before: null,
      });
      expect(await store(["b"])).toMatchObject({ first: null, last: null, before: 1_000_001 });
      expect(await store(["b", "c"])).toMatchObject({
        first: 1_000_002,
        last: 1_000_002,
        before: 1_000_001,
      });
      expect(await at.records.places(tenant)).toMatchObject({ traces: 1_000_002, ledgers: null });
    });

    test("keeps what a ledger was before it was replaced, with its writer", async () => {
      await using at = await scene();
      const store = (text: string, writer: string, resource: Resource = "ledgers") =>
        at.records.store(tenant, [{ resource, rows: [row("c", text)] }], { writer });
      await store('{"lines":180}', "ada");
      await store('{"lines":0}', "eve");
      await store('{"lines":0}', "bob");
      expect(await at.records.versions(tenant, "ledgers", "c")).toEqual([
        { text: '{"lines":180}', writer: "ada", place: 1_000_000, replaced_at: 1_000_001 },
        { text: '{"lines":0}', writer: "eve", place: 1_000_001, replaced_at: null },
      ]);
      expect(await at.records.versions(tenant, "ledgers", "d")).toEqual([]);
    });

    test("lets who may only add replace rows of their own alone", async () => {
      await using at = await scene();
      const store = async (text: string, options: StoreOptions) =>
        (
          await at.records.store(tenant, [{ resource: "ledgers", rows: [row("c", text)] }], options)
        )?.[0];
      await store("{}", { writer: "ada", ownOnly: true });
      expect(await store("[1]", { writer: "eve", ownOnly: true })).toMatchObject({
        replaced: 0,
        refused: [{ index: 0, code: "append_only" }],
      });
      expect(await store("[2]", { writer: "ada", ownOnly: true })).toMatchObject({ replaced: 1 });
      expect(await at.records.row(tenant, "ledgers", "c")).toEqual({ text: "[2]", writer: "ada" });
    });

    test("gives digests of its rows in the order of their places", async () => {
      await using at = await scene();
      await at.store([row("a", "{}"), row("b", "[]"), row("c", "1")]);
      const digests = (since: number | null, limit: number) =>
        at.records.digests(tenant, "traces", { since, limit });
      expect(await digests(null, 2)).toEqual({
        rows: [
          { key: "a", digest: sha256Hex("{}") },
          { key: "b", digest: sha256Hex("[]") },
        ],
        last: 1_000_001,
      });
      expect(await digests(1_000_002, 2)).toEqual({ rows: [], last: null });
    });

    test("takes another identity when it is told to", async () => {
      await using at = await scene();
      const before = at.records.epoch;
      const renewed = await at.records.renewEpoch();
      expect(renewed).not.toBe(before);
      expect(at.records.epoch).toBe(renewed);
      const again = await at.reopen();
      expect(again.epoch).toBe(renewed);
      await again.close();
    });

    test("knows blobs by org and by project, and tells nobody of another's", async () => {
      await using at = await scene();
      const { records } = at;
      const ids = ["org", "project"].map((text) => hashBlob(text)) as [BlobId, BlobId];
      await records.ownBlob({ orgId: acme.id, projectId: null }, { id: ids[0], size: 3 });
      await records.ownBlob({ orgId: acme.id, projectId: "app" }, { id: ids[1], size: 7 });
      const known = async (orgId: string, projectId: string | null) =>
        [...(await records.knownBlobs({ orgId, projectId }, ids)).values()].map(({ size }) => size);
      expect(await known(acme.id, null)).toEqual([3, 7]);
      expect(await known(acme.id, "app")).toEqual([7]);
      expect(await known(acme.id, "other")).toEqual([]);
      expect(await known(defaultOrg.id, null)).toEqual([]);
    });

    test("is one database for several that have it open", async () => {
      await using at = await scene();
      const other = await at.reopen();
      await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          (index % 2 === 0 ? at.records : other).store(
            tenant,
            [{ resource: "traces", rows: [row(`${index}`), row("shared")] }],
            nobody,
          ),
        ),
      );
      expect(await at.page()).toMatchObject({ count: 21 });
      await other.close();
    });
  });
}
