/** What we rely on in Bun and cannot see in its types: an upgrade that changes one of these must be noticed. */
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";

test("a JSONL reader of Bun's stops at the first bad line, so the store has its own", () => {
  expect(Bun.JSONL.parse('{"a":1}\nbroken\n{"a":2}\n')).toEqual([{ a: 1 }]);
});

test("a database waits for nobody unless told to", () => {
  using database = new Database(":memory:");
  expect(database.query("PRAGMA busy_timeout").get()).toEqual({ timeout: 0 });
});

test("a format that nobody registered never matches", () => {
  expect(Value.Check(Type.String({ format: "date-time" }), "2026-02-10T12:00:00Z")).toBe(false);
});

test("a body keeps its bytes when it is a slice of a file", async () => {
  const slice = Bun.file(import.meta.path).slice(0, 2);
  expect(await new Response(slice).text()).toBe("/*");
});
