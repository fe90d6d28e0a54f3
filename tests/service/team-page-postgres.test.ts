import { expect, test } from "bun:test";
import { join } from "node:path";
import { openFileSegments } from "../../src/service/file-segments.ts";
import { openPostgresRecords } from "../../src/service/postgres-records.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { withPostgres } from "../support/real-servers.ts";
import { adminSecret } from "../support/service.ts";
import { teamScene } from "../support/team-scene.ts";
import { calmScene } from "../support/viewer-scene.ts";

withPostgres("the team's page over PostgreSQL", (server) => {
  test("answers what it answers over SQLite", async () => {
    const session = await calmScene();
    const answers = async (options: Parameters<typeof teamScene>[1]): Promise<unknown[]> => {
      await using at = await teamScene({ ...session, [Symbol.dispose]() {} }, options);
      await session.run(["remote", "remove", "origin"]);
      const { service, account } = at;
      await service.records.setNamesPeople(account.orgId, true);
      const [browser, admin] = [await at.browser(), await at.browser()];
      await browser.logIn(account.token);
      await admin.logIn(adminSecret);
      const { conversations } = await browser.json<{ conversations: { id: string }[] }>(
        "/team/conversations?project_id=app",
      );
      const id = conversations[0]?.id ?? "";
      const found: unknown[] = [];
      for (const path of [
        "projects",
        "report?project_id=app&weeks=all",
        "report?project_id=app&weeks=12&format=csv&by=week",
        `search?project_id=app&q=${encodeURIComponent("Write a PARSER")}`,
        "search?project_id=app&q=src/",
        "file?project_id=app&path=src/parser.ts",
        `conversation?project_id=app&id=${id}&turns=0&changes=0`,
        `tool?project_id=app&id=${id}&turn=1&part=1`,
      ]) {
        const answer = await browser.get(`/team/${path}`);
        found.push([path, answer.status, (await answer.text()).replace(/"reading":"[^"]*"/, "")]);
      }
      found.push(
        (await browser.json<{ edits: number; lines: number }[]>("/team/people?project_id=app")).map(
          ({ edits, lines }) => [edits, lines],
        ),
        (await admin.json<{ storage: object }[]>("/team/admin/orgs")).map(({ storage }) =>
          Object.keys(storage),
        ),
        (await admin.get("/team/admin/audit")).status,
        (await browser.logOut()).status,
        (await browser.get("/team/projects")).status,
      );
      expect(service.failures).toEqual([]);
      return found.map((one) =>
        JSON.stringify(one)
          .replaceAll(account.tokenId, "<token>")
          .replace(/at_\w{5}…/g, "<name>"),
      );
    };
    using directory = temporaryDirectory();
    const sqlite = await answers({});
    const url = await server().database();
    const postgres = await answers({
      stores: async (now) => ({
        records: await openPostgresRecords(url, now),
        segments: openFileSegments(join(directory.path, "blobs")),
      }),
    });
    expect(postgres).toEqual(sqlite);
    expect(sqlite.join("\n")).toContain("Write a parser for key=value files");
    session[Symbol.dispose]();
  }, 60_000);
});
