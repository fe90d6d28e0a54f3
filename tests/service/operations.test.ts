import { describe, expect, test } from "bun:test";
import { sha256Hex } from "../../src/schema/digest.ts";
import { openPostgresRecords } from "../../src/service/postgres-records.ts";
import { withPostgres, withS3 } from "../support/real-servers.ts";
import { type TestService, type TestServiceOptions, testService } from "../support/service.ts";

const day = 24 * 60 * 60 * 1_000_000;

type Stores = TestServiceOptions["stores"];

async function sceneOver(stores: Stores) {
  let moment = Date.now() * 1000;
  const at = await testService({
    service: { now: () => moment++ },
    ...(stores === undefined ? {} : { stores }),
  });
  const account = await at.account("acme/app");
  const { token } = account;
  const post = async (path: string, body: string | object, init = {}) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const answer = await at.request(path, { method: "POST", token, body: text, ...init });
    return { status: answer.status, said: (await answer.json()) as Record<string, never> };
  };
  const admin = (path: string, body: object = {}) =>
    post(path, { org_slug: "acme", ...body }, { admin: true, token: undefined });
  const converse = (id: string, content: string) =>
    post("/api/v1/sync/conversations", {
      project_id: "app",
      items: [{ conversation_id: id, content, content_sha256: sha256Hex(content) }],
    });
  const get = async (path: string) => {
    const answer = await at.request(path, { token });
    return { status: answer.status, text: await answer.text() };
  };
  return {
    at,
    account,
    post,
    admin,
    converse,
    get,
    later: (by: number) => void (moment += by),
    [Symbol.asyncDispose]: () => at[Symbol.asyncDispose](),
  };
}

/** Names of all segments that are kept. */
async function segmentsOf({ segments }: TestService): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of segments.list()) names.push(name);
  return names;
}

function operations(kind: string, stores?: Stores): void {
  describe(`over ${kind}`, () => {
    const scene = () => sceneOver(stores);
    describe("a purge", () => {
      test("takes a conversation and its bytes for good, and leaves a tombstone for readers", async () => {
        await using here = await scene();
        const { at, admin, converse, get, post } = here;
        await converse("c", "a secret was pasted");
        await converse("d", "nothing special");
        const { said: page } = await post("/api/v1/blobs/missing", { sha256: [] });
        expect(page).toEqual({ missing: [] } as never);
        const seen = JSON.parse((await get("/api/v1/sync/conversations?project_id=app")).text);
        const what = { project_id: "app", conversation_id: "c" };
        expect((await admin("/api/v1/purge", { ...what, dry_run: true })).said).toEqual({
          ok: true,
          dry_run: true,
          conversations: 1,
        } as never);
        expect((await segmentsOf(at)).length).toBe(2);
        expect((await admin("/api/v1/purge", what)).said).toMatchObject({
          conversations: 1,
        } as never);

        const digest = sha256Hex("a secret was pasted");
        expect((await segmentsOf(at)).length).toBe(1);
        expect((await get(`/api/v1/blobs/${digest}`)).status).toBe(404);
        const since = encodeURIComponent(seen.max_timestamp);
        const next = await get(`/api/v1/sync/conversations?project_id=app&since=${since}`);
        expect(JSON.parse(next.text).items).toEqual([
          { conversation_id: "c", content_sha256: digest, purged_at: expect.any(String) },
        ]);
        expect((await get("/api/v1/conversations/d?project_id=app")).text).toContain(
          "nothing special",
        );
        // Nobody can send it again, under its digest or as a later state of the conversation.
        expect((await converse("c", "a secret was pasted")).said).toMatchObject({
          count: 0,
          refused: [
            {
              index: 0,
              id: "c",
              code: "purged",
            },
          ],
        } as never);
        expect((await converse("c", "a secret was pasted, and more")).said).toMatchObject({
          count: 0,
        } as never);
        expect((await converse("e", "a secret was pasted")).said).toMatchObject({
          count: 0,
        } as never);
        expect(await post("/api/v1/blobs", "a secret was pasted")).toMatchObject({
          status: 410,
          said: { code: "blob_purged" },
        });
        expect((await post("/api/v1/blobs/missing", { sha256: [digest] })).said).toEqual({
          missing: [],
          purged: [digest],
        } as never);
      });

      test("leaves a conversation that shares bytes with it whole", async () => {
        await using here = await scene();
        const { at, account, admin, converse, get } = here;
        await converse("c", "one\n");
        const grown = sha256Hex("one\ntwo\n");
        await at.request(`/api/v1/blobs/${grown}?base=${sha256Hex("one\n")}&offset=4`, {
          method: "PUT",
          token: account.token,
          body: "two\n",
        });
        await here.post("/api/v1/sync/conversations", {
          project_id: "app",
          items: [{ conversation_id: "d", content_sha256: grown }],
        });
        expect((await segmentsOf(at)).length).toBe(1);
        await admin("/api/v1/purge", { project_id: "app", sha256: sha256Hex("one\n") });
        expect((await get(`/api/v1/blobs/${sha256Hex("one\n")}`)).status).toBe(404);
        expect((await get(`/api/v1/blobs/${grown}`)).text).toBe("one\ntwo\n");
      });
    });

    test("gc takes what nothing names, a day later, and nothing else", async () => {
      await using here = await scene();
      const { at, account, admin, converse, get, later } = here;
      await converse("c", "first state");
      await converse("c", "second state");
      await at.request("/api/v1/blobs", {
        method: "POST",
        token: account.token,
        body: "no row yet",
      });
      expect((await admin("/api/v1/gc")).said).toMatchObject({ blobs: 0, segments: 0 } as never);
      later(2 * day);
      expect((await admin("/api/v1/gc", { dry_run: true })).said).toMatchObject({
        blobs: 2,
      } as never);
      expect((await admin("/api/v1/gc")).said).toMatchObject({ blobs: 2, segments: 2 } as never);
      expect((await segmentsOf(at)).length).toBe(1);
      expect((await get(`/api/v1/blobs/${sha256Hex("second state")}`)).text).toBe("second state");
      expect((await get(`/api/v1/blobs/${sha256Hex("no row yet")}`)).status).toBe(404);
    });

    test("a project that keeps seven days loses traces and conversations, not ledgers", async () => {
      await using here = await scene();
      const { admin, converse, get, later, post } = here;
      const send = (resource: string, item: object) =>
        post(`/api/v1/sync/${resource}`, { project_id: "app", items: [item] });
      await send("traces", { id: "old" });
      await send("ledgers", { commit_sha: "old" });
      await converse("old", "text");
      later(8 * day);
      await send("traces", { id: "new" });
      expect((await admin("/api/v1/gc")).said).toMatchObject({ rows: 0 } as never);
      await admin("/api/v1/projects/app/retention", { keep_days: 7 });
      expect((await admin("/api/v1/gc")).said).toMatchObject({ rows: 2 } as never);
      expect((await get("/api/v1/traces/old?project_id=app")).status).toBe(404);
      expect((await get("/api/v1/traces/new?project_id=app")).status).toBe(200);
      expect((await get("/api/v1/ledgers/old?project_id=app")).status).toBe(200);
      expect((await send("traces", { id: "old" })).said).toMatchObject({ stored: 1 } as never);
    });

    test("a token ends when it was said to, and one that takes its place has its rights", async () => {
      await using here = await scene();
      const { at, admin, later } = here;
      const { said: made } = await admin("/api/v1/tokens", { scopes: ["read"], expires_days: 2 });
      const who = async (token: string) => {
        const answer = await at.request("/api/v1/auth/whoami", { token });
        return [answer.status, ((await answer.json()) as { scopes?: string[] }).scopes];
      };
      expect(await who(made["token"] as never)).toEqual([200, ["read"]]);
      const { said: next } = await admin(`/api/v1/tokens/${made["id"]}/rotate`, { keep_days: 1 });
      expect(await who(made["token"] as never)).toEqual([200, ["read"]]);
      expect(await who(next["token"] as never)).toEqual([200, ["read"]]);
      later(day + 1000);
      expect(await who(made["token"] as never)).toEqual([401, undefined]);
      expect(await who(next["token"] as never)).toEqual([200, ["read"]]);
      const again = await admin(`/api/v1/tokens/${made["id"]}/rotate`);
      expect(again).toMatchObject({ status: 409, said: { code: "token_ended" } });
    });

    test("the audit tells every act of an admin, and no token", async () => {
      await using here = await scene();
      const { at, account, admin } = here;
      const { said: made } = await admin("/api/v1/tokens", {});
      await admin(`/api/v1/tokens/${made["id"]}/rotate`);
      await at.request(`/api/v1/tokens/${made["id"]}`, { method: "DELETE", admin: true });
      await admin("/api/v1/projects/app/retention", { keep_days: 30 });
      await admin("/api/v1/purge", { project_id: "app", conversation_id: "c" });
      await at.request("/api/v1/projects/app", { method: "DELETE", token: account.token });
      const answer = await at.request("/api/v1/audit", { admin: true });
      const text = await answer.text();
      const acts = (JSON.parse(text) as { items: Record<string, string>[] }).items;
      expect(
        acts.map(({ actor, action }) => `${actor === "admin" ? actor : "token"} ${action}`),
      ).toEqual([
        "admin org.create",
        "admin project.create",
        "admin token.create",
        "admin token.create",
        "admin token.create",
        "admin token.rotate",
        "admin token.revoke",
        "admin project.retention",
        "admin purge",
        "token project.delete",
      ]);
      expect(text).not.toContain("at_");
    });

    test("figures are Prometheus' own text, and stats count rows and bytes", async () => {
      await using here = await scene();
      const { at, converse } = here;
      await converse("c", "hello");
      const metrics = await (await at.request("/metrics", { admin: true })).text();
      expect(metrics).toContain(
        'agent_trace_requests_total{method="POST",route="/api/v1/sync/:resource",status="200"} 1',
      );
      for (const line of metrics.trimEnd().split("\n")) {
        expect(line).toMatch(
          /^(?:# (?:HELP|TYPE) \w+ .+|\w+(?:\{(?:\w+="[^"]*",?)+\})? [\d.e+-]+)$/,
        );
      }
      const stats = await (await at.request("/api/v1/stats", { admin: true })).json();
      expect((stats as { items: object[] }).items[0]).toMatchObject({
        org_slug: "acme",
        blobs: 1,
        bytes: 5,
        projects: [
          { project_id: "app", rows: { conversations: 1 }, last_push: expect.any(String) },
        ],
      });
    });
  });
}

operations("SQLite and a directory");
withPostgres("operations with a database on a server", (postgres) => {
  withS3("and segments on one", (s3) => {
    operations("PostgreSQL and S3", async (now) => ({
      records: await openPostgresRecords(await postgres().database(), now),
      segments: s3().segments(s3().bucket()),
    }));
  });
});
