import { beforeEach, describe, expect, test } from "bun:test";
import { hashBlob } from "../../src/schema/digest.ts";
import type { BlobId } from "../../src/schema/ids.ts";
import { type Microseconds, type Token, defaultOrg } from "../../src/service/records.ts";
import { type RecordsScene, acme, nobody, row, sceneOver, tenant } from "./records-scene.ts";
import { rowsContract } from "./rows.ts";

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

    const scene = () => sceneOver(makeScene, now);

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

    rowsContract({
      scene,
      setClock: (time) => void (clock = time),
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
