import { describe, expect, test } from "bun:test";
import { storablePath } from "../../src/service/derived/row-facts.ts";
import type { Project } from "../../src/service/records.ts";
import {
  day,
  derivedScene,
  ledger,
  put,
  sha,
  start,
  time,
  trace,
  umbrella,
} from "./derived-scene.ts";
import { type RecordsScene, acme } from "./records-scene.ts";
import { readTeamReport } from "../../src/workflows/team/read-team-report.ts";

/** What is derived of rows, on every database. */
export function derivedContract(name: string, makeScene: () => Promise<RecordsScene>): void {
  describe(`what ${name} derives of rows`, () => {
    test("commits with their parents, times, records, counts and claims", async () => {
      const { scene, records, own } = await derivedScene(makeScene);
      await using _ = scene;
      const { derived } = records;
      const all = (await derived.commits(own)).toSorted((a, b) => (a.sha < b.sha ? -1 : 1));
      expect(all).toEqual([
        {
          sha: sha(1),
          parents: [],
          at: start + day,
          recorded: start + day + 1_000_000,
          counted: true,
        },
        {
          sha: sha(2),
          parents: [sha(1)],
          at: start + 2 * day,
          recorded: start + 2 * day + 1_000_000,
          counted: false,
        },
        {
          sha: sha(3),
          parents: [sha(2), sha(1)],
          at: start + 3 * day,
          recorded: null,
          counted: true,
        },
      ]);
      const first = { shas: [sha(1), sha(9)] };
      expect(await derived.commits(own, first)).toEqual(all.slice(0, 1));
      expect(
        (await derived.files(own, first)).toSorted((a) => (a.added === null ? 1 : -1)),
      ).toEqual([
        { sha: sha(1), path: "src/a.ts", added: 12, apart: null },
        { sha: sha(1), path: "logo\u0001.png", added: null, apart: "binary" },
      ]);
      const claim = { model: "m", trace: "t1", lines: 4, agent: "claude-code" };
      expect(await derived.claims(own, { from: start, to: start + 9 * day })).toEqual([
        { sha: sha(1), path: "src/a.ts", conversation: "c1", ...claim },
        // No conversation: the trace itself says whose it was.
        { sha: sha(2), path: "src/b%.ts", conversation: null, ...claim },
      ]);
      expect(await derived.claims(own, { from: start, to: start + 2 * day })).toHaveLength(1);
      const parts =
        (await derived.files(own, first)).length + (await derived.claims(own, first)).length;
      expect([await derived.countOf(own, first, 99), await derived.countOf(own, first, 2)]).toEqual(
        [parts, 2],
      );
      const report = (most: number) =>
        readTeamReport(derived, own, { question: { weeks: "all" }, now: start / 1000, most });
      expect(await report(99)).toHaveProperty("lines");
      await expect(report(2)).rejects.toMatchObject({ status: 400, code: "too_many_parts" });
      expect(await derived.countedCommits(own, [sha(1), sha(2), sha(9)])).toEqual(
        new Set([sha(1)]),
      );
    });

    test("a ledger that is replaced takes its claims along, and counts that are there stay", async () => {
      const { scene, records, own } = await derivedScene(makeScene);
      await using _ = scene;
      await put(records, own, {
        resource: "ledgers",
        key: "commit_sha",
        items: [{ ...ledger(1, "c1"), files: {} }],
      });
      const file = { path: "src/a.ts", added: 99, apart: null };
      await records.derived.noteCommits(own, [
        { sha: sha(1), parents: [sha(7)], at: start, files: [file, { ...file, path: "more" }] },
      ]);
      const first = { shas: [sha(1)] };
      expect(await records.derived.claims(own, first)).toEqual([]);
      expect((await records.derived.files(own, first)).map(({ path }) => path).toSorted()).toEqual([
        "logo\u0001.png",
        "src/a.ts",
      ]);
      expect((await records.derived.commits(own, first))[0]?.parents).toEqual([]);
    });

    test("conversations with agent, times, edits, lines, and what was said in them", async () => {
      const { scene, records, own } = await derivedScene(makeScene);
      await using _ = scene;
      const { derived } = records;
      const conversation = {
        id: "c1",
        agent: "claude-code",
        model: "anthropic/claude-sonnet-4-5",
        first: start,
        last: start + day,
        edits: 2,
        writer: "ada",
        blob: "ab" as never,
        words: null,
        summary: "Settings are Parsed",
        lines: 4,
        files: 1,
      };
      expect(await derived.conversations(own, { limit: 9 })).toEqual([conversation]);
      expect(await derived.conversations(own, { limit: 9, among: ["c2", "\0", "\uD800"] })).toEqual(
        [],
      );
      expect([await derived.unread(own, 9), await derived.countUnread(own)]).toEqual([
        [{ id: "c1", blob: "ab" as never }],
        1,
      ]);
      await derived.noteWords(own, { id: "c1", blob: "cd" as never, words: "of another state" });
      await derived.noteWords(own, {
        id: "c1",
        blob: "ab" as never,
        words: "Write a 100%\0 Parser",
      });
      expect(await derived.countUnread(own)).toBe(0);
      const found = async (saying: string) =>
        (await derived.conversations(own, { limit: 9, saying })).length;
      expect(
        await Promise.all(["100% ", "a parser", "are parsed", "1_0", "state"].map(found)),
      ).toEqual(
        // The NUL is no blank, so the first is not in it.
        [0, 0, 1, 0, 0],
      );
      expect(await found("100%")).toBe(1);
      const umlaut = "Wie Ärger entsteht";
      await derived.noteWords(own, { id: "c1", blob: "ab" as never, words: umlaut });
      expect([await found("Ärger"), await found("wie Ärg"), await found("Ãrger")]).toEqual([
        1, 1, 0,
      ]);
      const names = async (text: string) =>
        (await derived.search(own, text, 9)).map(({ kind, name: one }) => [kind, one]);
      expect(await names("B%")).toEqual([["file", "src/b%.ts"]]);
      // A pattern of `LIKE` may not be as long, as each letter of it may be tried at each place of a text.
      const long = "a".repeat(60_000);
      expect([await names(`${long}b`), await found(`${long}b`)]).toEqual([[], 0]);
      expect(await names("1111")).toEqual([["commit", sha(1)]]);
      expect(await derived.filesOf(own, "c1")).toEqual([
        { path: "src/a.ts", lines: 4, commits: 1 },
      ]);
      expect(await derived.ofPath(own, "src/a.ts", 9)).toEqual({
        commits: [{ sha: sha(1), at: start + day, added: 12, lines: 4 }],
        conversations: ["c1"],
      });
      expect(await derived.ofPath(own, "src/b%.ts", 9)).toEqual({
        commits: [{ sha: sha(2), at: start + 2 * day, added: null, lines: 4 }],
        conversations: [],
      });
      expect(await derived.people(own)).toEqual([
        { person: "ada", conversations: 1, edits: 2, lines: 4, last: start + day },
      ]);
      expect(await derived.overview(acme.id)).toEqual([
        { project: "app", commits: 3, conversations: 1, lines: 8, last: start + day },
      ]);
    });

    test("names that no index would take are cut, the same wherever they come from, and stop no push", async () => {
      const { scene, records, own } = await derivedScene(makeScene);
      await using _ = scene;
      // Letters drawn by lot: what repeats itself would be packed.
      const long = (length: number): string => {
        const bytes = crypto.getRandomValues(new Uint8Array(length));
        return Buffer.from(bytes).toString("base64url").slice(0, length);
      };
      const path = `src/${"ä".repeat(600)}${long(60_000)}`;
      const rows = { resource: "traces", key: "id" } as const;
      await put(records, own, { ...rows, items: [trace("t9", long(100_000)), trace("t8", "c8")] });
      await put(records, own, {
        resource: "ledgers",
        key: "commit_sha",
        items: [ledger(4, long(50_000), path)],
      });
      await records.derived.noteCommits(own, [
        {
          sha: sha(4),
          parents: [],
          at: start + 4 * day,
          files: [{ path: storablePath(path), added: 9, apart: null }],
        },
      ]);
      const { commits } = await records.derived.ofPath(own, path, 9);
      expect(commits).toEqual([{ sha: sha(4), at: start + 4 * day, added: 9, lines: 4 }]);
      const ids = (await records.derived.conversations(own, { limit: 9 })).map(({ id }) => id);
      expect(ids.toSorted()).toEqual(["c1", "c8"]);
    });

    test("nothing of one org shows to another, whatever is asked", async () => {
      const { scene, records, own, other } = await derivedScene(makeScene);
      await using _ = scene;
      const { derived } = records;
      const ask = async (project: Project) => [
        await derived.commits(project),
        await derived.files(project, { from: 0, to: start * 2 }),
        await derived.claims(project, { shas: [sha(1), sha(2)] }),
        await derived.conversations(project, { limit: 9 }),
        await derived.conversations(project, { limit: 9, saying: "parsed" }),
        await derived.unread(project, 9),
        await derived.search(project, "src", 9),
        await derived.search(project, "1111", 9),
        [...(await derived.countedCommits(project, [sha(1)]))],
        await derived.filesOf(project, "c1"),
        await derived.people(project),
        (await derived.ofPath(project, "src/a.ts", 9)).commits,
        (await derived.ofPath(project, "src/a.ts", 9)).conversations,
      ];
      expect((await ask(own)).map(({ length }) => length > 0)).toEqual(Array(13).fill(true));
      expect((await ask(other)).map(({ length }) => length)).toEqual(Array(13).fill(0));
      // Also where the other's project had the number of ours.
      expect((await ask({ ...other, number: own.number })).map(({ length }) => length)).toEqual(
        Array(13).fill(0),
      );
      expect((await derived.overview(umbrella.id)).map(({ commits }) => commits)).toEqual([0]);
    });

    test("what is purged, kept no longer or deleted leaves nothing that was said", async () => {
      const { scene, records, own } = await derivedScene(makeScene);
      await using _ = scene;
      const { derived, operations } = records;
      const read = { id: "c1", blob: "ab" as never, words: "a secret" };
      await derived.noteWords(own, read);
      await operations.bury(own, [{ key: "c1", blob: "ab" as never }]);
      // What was read before the purge and comes after it is not taken.
      await derived.noteWords(own, read);
      const [gone] = await derived.conversations(own, { limit: 1 });
      expect([gone?.blob, gone?.words, gone?.summary, gone?.agent]).toEqual([
        null,
        null,
        null,
        "claude-code",
      ]);
      await put(records, own, {
        resource: "conversations",
        key: "conversation_id",
        items: [{ conversation_id: "c2", content_sha256: "cd", updated_at: time(start) }],
      });
      await operations.expire(own, start + 31 * day);
      expect((await derived.conversations(own, { limit: 9, among: ["c2"] }))[0]?.blob).toBeNull();
      expect(await derived.commits(own)).toHaveLength(3);
      await records.deleteProject({ orgId: acme.id, projectId: "app" });
      expect(await derived.commits(own)).toEqual([]);
      expect(await derived.conversations(own, { limit: 9 })).toEqual([]);
    });

    test("who logged in is known until they log out or their time ends", async () => {
      const { scene, records } = await derivedScene(makeScene);
      await using _ = scene;
      const { sessions } = records;
      const session = { tokenId: "t", proof: null };
      await sessions.begin("a", { ...session, endsAt: start + 31 * day });
      await sessions.begin("b", { ...session, endsAt: start + 29 * day });
      expect([await sessions.find("a"), await sessions.find("b")]).toEqual([session, undefined]);
      await sessions.end("a");
      expect(await sessions.find("a")).toBeUndefined();
      await sessions.begin("other", { tokenId: "u", proof: null, endsAt: start + 30 * day + 1 });
      for (let n = 0; n < 60; n++) {
        await sessions.begin(`again ${n}`, { ...session, endsAt: start + 31 * day + n });
      }
      const known = await Promise.all(
        Array.from({ length: 60 }, (_, n) => sessions.find(`again ${n}`)),
      );
      // The oldest of one token go; those of others stay.
      expect(known.map((one) => one !== undefined)).toEqual(
        Array.from({ length: 60 }, (_, n) => n >= 10),
      );
      expect(await sessions.find("other")).toBeDefined();
      expect(await records.namesPeople(acme.id)).toBe(false);
      await records.setNamesPeople(acme.id, true);
      expect([await records.namesPeople(acme.id), await records.namesPeople(umbrella.id)]).toEqual([
        true,
        false,
      ]);
    });
  });
}
