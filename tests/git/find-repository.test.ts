import { describe, expect, test } from "bun:test";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findRepository, locateFile } from "../../src/git/find-repository.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { tempRepo } from "../support/repository.ts";

describe("the repository of a path", () => {
  test("is found from below, also where the path does not exist any more", () => {
    using repo = tempRepo();
    repo.write("a/b/c.txt", "x\n");
    const expected = {
      workTree: repo.path,
      gitDir: join(repo.path, ".git"),
      commonDir: join(repo.path, ".git"),
    };
    expect(findRepository(join(repo.path, "a/b/c.txt"))).toEqual(expected);
    expect(findRepository(join(repo.path, "gone/for/ever.txt"))).toEqual(expected);
  });

  test("shares its common directory between linked work trees", () => {
    using repo = tempRepo();
    repo.commit("first", { "a.txt": "a\n" });
    repo.run(["worktree", "add", "--quiet", "../linked"]);
    const linked = join(repo.path, "../linked");
    expect(findRepository(linked)).toEqual({
      workTree: linked,
      gitDir: join(repo.path, ".git/worktrees/linked"),
      commonDir: join(repo.path, ".git"),
    });
  });

  test("is the submodule's own within a submodule", () => {
    using inner = tempRepo();
    inner.commit("first", { "a.txt": "a\n" });
    using repo = tempRepo();
    repo.run([
      "-c",
      "protocol.file.allow=always",
      "submodule",
      "--quiet",
      "add",
      inner.path,
      "sub",
    ]);
    expect(findRepository(join(repo.path, "sub/a.txt"))).toEqual({
      workTree: join(repo.path, "sub"),
      gitDir: join(repo.path, ".git/modules/sub"),
      commonDir: join(repo.path, ".git/modules/sub"),
    });
  });

  test("is none outside of repositories, and none for a `.git` that is nothing of git's", () => {
    using directory = temporaryDirectory();
    expect(findRepository(directory.path)).toBeUndefined();
    mkdirSync(join(directory.path, "a/.git"), { recursive: true });
    mkdirSync(join(directory.path, "b"));
    writeFileSync(join(directory.path, "b/.git"), "gitdir: /nonexistent\n");
    expect(findRepository(join(directory.path, "a"))).toBeUndefined();
    expect(findRepository(join(directory.path, "b"))).toBeUndefined();
  });
});

describe("a file's place", () => {
  test("is that of the link's target when it is edited through a symbolic link", () => {
    using repo = tempRepo();
    repo.write("src/real.ts", "x\n");
    symlinkSync(join(repo.path, "src"), join(repo.path, "alias"));
    expect(locateFile(join(repo.path, "alias/real.ts"))?.path).toBe("src/real.ts");
    expect(locateFile(join(repo.path, "alias/new.ts"))?.path).toBe("src/new.ts");
  });

  test("keeps unusual names as they are", () => {
    using repo = tempRepo();
    for (const name of ["-rf", "a b", 'q"uote', "new\nline", "ünï", ".gitignore"]) {
      expect(locateFile(join(repo.path, name))?.path).toBe(name);
    }
  });

  test("is none within `.git`", () => {
    using repo = tempRepo();
    expect(locateFile(join(repo.path, ".git/config"))).toBeUndefined();
    expect(locateFile(repo.path)).toBeUndefined();
  });
});

test("a name that is too long, or links that go round, are in the repository that they stand in", () => {
  using repo = tempRepo();
  expect(findRepository(`${repo.path}/${"x".repeat(5000)}`)?.workTree).toBe(repo.path);
  symlinkSync("round", `${repo.path}/round`);
  expect(findRepository(`${repo.path}/round`)?.workTree).toBe(repo.path);
  expect(locateFile(`${repo.path}/${"x".repeat(5000)}`)?.repository.workTree).toBe(repo.path);
});
