import { expect, test } from "bun:test";
import { isIgnored } from "../../src/git/is-ignored.ts";
import { tempRepo } from "../support/repository.ts";

test("a file is ignored by a `.gitignore` in force, and no other is", async () => {
  using repo = tempRepo();
  repo.write(".gitignore", "*.log\n");
  repo.write("sub/.gitignore", "*\n");
  const files = ["a.log", "sub/a.txt", "a.txt", "-rf", ":top"];
  expect(await Promise.all(files.map((file) => isIgnored(repo.git, file)))).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});
