import { describe, expect, test } from "bun:test";
import { renameSync } from "node:fs";
import { join } from "node:path";
import type { GlobalOptions } from "../../../src/context.ts";
import { createAnchor } from "../../../src/git/anchor.ts";
import { projectPaths } from "../../../src/store/files/paths.ts";
import { updateProjectConfig } from "../../../src/store/project-settings.ts";
import { registerProject } from "../../../src/store/registry.ts";
import { findProject, findStoredProject } from "../../../src/workflows/projects/find-project.ts";
import { temporaryDirectory } from "../../support/directories.ts";
import { type TempRepo, gitTestEnvironment, tempRepo } from "../../support/repository.ts";

const warn = (message: string): void => {
  throw new Error(message);
};

function place(home: string, cwd: string, project?: string) {
  const options = { project } as GlobalOptions;
  return { home, cwd, options, environment: gitTestEnvironment };
}

function initialise(home: string, repo: TempRepo) {
  const id = createAnchor(repo.repository);
  updateProjectConfig(projectPaths(home, id), () => {}, warn);
  const registration = { originUrl: null, firstCommitSha: null, createdAt: "2026-02-10T12:00:00Z" };
  registerProject(home, id, { root: repo.path, ...registration, warn });
  return projectPaths(home, id);
}

describe("a command's project", () => {
  test("is found from below the work tree, by `-p` with a path, and by `-p` with its id", () => {
    using home = temporaryDirectory();
    using repo = tempRepo();
    const paths = initialise(home.path, repo);
    const expected = {
      paths,
      git: { repository: repo.repository, environment: gitTestEnvironment },
    };
    repo.write("src/a.ts", "x\n");
    expect(findProject(place(home.path, join(repo.path, "src")))).toEqual(expected);
    expect(findProject(place(home.path, join(repo.path, ".."), "repo/src"))).toEqual(expected);
    expect(findProject(place(home.path, "/", paths.id))).toEqual(expected);
  });

  test("outlives its repository when it is named by its id", () => {
    using home = temporaryDirectory();
    using repo = tempRepo();
    const paths = initialise(home.path, repo);
    renameSync(repo.path, `${repo.path}-moved`);
    expect(findStoredProject(place(home.path, "/", paths.id))).toEqual({ paths, git: undefined });
    expect(() => findProject(place(home.path, "/", paths.id))).toThrow("was not found");
    expect(findProject(place(home.path, `${repo.path}-moved`)).paths).toEqual(paths);
  });

  test("is none outside of a repository, and none where `init` was never run for this home", () => {
    using home = temporaryDirectory();
    using other = temporaryDirectory();
    using repo = tempRepo();
    const found = (cwd: string, named?: string) => () => findProject(place(home.path, cwd, named));
    expect(found(other.path)).toThrow("this directory is not in a git repository");
    expect(found("/", other.path)).toThrow(
      "neither in a git repository nor the id of a local project",
    );
    expect(found("/", `at-${"0".repeat(32)}`)).toThrow("nor the id of a local project");
    expect(found(repo.path)).toThrow("agent-trace is not set up in this repository");
    initialise(other.path, repo);
    expect(found(repo.path)).toThrow("agent-trace is not set up in this repository");
  });
});
