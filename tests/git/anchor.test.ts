import { expect, test } from "bun:test";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { anchorPath, createAnchor, readAnchor } from "../../src/git/anchor.ts";
import { findRepository } from "../../src/git/find-repository.ts";
import { isProjectId } from "../../src/schema/ids.ts";
import { tempRepo } from "../support/repository.ts";

const nothingKnown = (): boolean => false;

test("an anchor is created once and shared by linked work trees", () => {
  using repo = tempRepo();
  repo.commit("first");
  repo.run(["worktree", "add", "--quiet", "../linked"]);
  const linked = findRepository(join(repo.path, "../linked"));
  if (linked === undefined) throw new Error("the linked work tree is not found");
  expect(readAnchor(repo.repository, nothingKnown)).toBeUndefined();
  const id = createAnchor(repo.repository);
  expect(isProjectId(id)).toBe(true);
  expect(createAnchor(linked)).toBe(id);
  expect(readAnchor(linked, nothingKnown)).toBe(id);
  expect(readFileSync(anchorPath(linked), "utf8")).toBe(`${id}\n`);
  expect(readdirSync(join(repo.path, ".git")).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

test.each(["../../etc", "..", "", "a/b", "-home-unknown"])("%j is refused as an id", (text) => {
  using repo = tempRepo();
  writeFileSync(anchorPath(repo.repository), text);
  expect(() => readAnchor(repo.repository, nothingKnown)).toThrow("does not hold the id");
});

test("an older id is accepted where the registry knows it, but never as a path", () => {
  using repo = tempRepo();
  writeFileSync(anchorPath(repo.repository), "-home-me-proj\n");
  expect(String(readAnchor(repo.repository, (id) => id === "-home-me-proj"))).toBe("-home-me-proj");
  writeFileSync(anchorPath(repo.repository), "../up");
  expect(() => readAnchor(repo.repository, () => true)).toThrow("does not hold the id");
});
