import { expect, test } from "bun:test";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PendingFile } from "../../src/schema/pending.ts";
import {
  deletePending,
  listPending,
  lockPending,
  pendingPlace,
  readPending,
  writePending,
} from "../../src/store/pending.ts";
import { projectScene } from "./scene.ts";

function pending(path: string, text = ""): PendingFile {
  return { version: 1, path, text, authors: [], claims: [], toolUses: [] };
}

test("each work tree has its own pending files, whatever their paths hold", () => {
  using scene = projectScene();
  const [one, two] = [pendingPlace(scene.project, "/one"), pendingPlace(scene.project, "/two")];
  const paths = ["a.ts", "dir/é\n.ts", `${"x".repeat(300)}/y`, "../../etc/passwd"];
  for (const path of paths) {
    using _lock = lockPending(one);
    writePending(one, pending(path, `text of ${path}`));
  }
  expect(listPending(one).map(({ path }) => path)).toEqual(paths.toSorted());
  expect(listPending(two)).toEqual([]);
  for (const path of paths) expect(readPending(one, path)?.text).toBe(`text of ${path}`);
  expect(readPending(two, "a.ts")).toBeUndefined();
  deletePending(one, "a.ts");
  expect(readPending(one, "a.ts")).toBeUndefined();
});

test("a damaged pending file is none, and the next event makes it anew", () => {
  using scene = projectScene();
  const place = pendingPlace(scene.project, "/one");
  {
    using _lock = lockPending(place);
    writePending(place, pending("a.ts", "one"));
  }
  const [name = ""] = readdirSync(place.directory).filter((file) => file.endsWith(".json"));
  for (const content of ["", "{", "[]", '{"version":2}', "\0\0\0"]) {
    writeFileSync(join(place.directory, name), content);
    expect(readPending(place, "a.ts")).toBeUndefined();
    expect(listPending(place)).toEqual([]);
  }
  writePending(place, pending("a.ts", "two"));
  expect(readPending(place, "a.ts")?.text).toBe("two");
});
