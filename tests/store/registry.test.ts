import { expect, test } from "bun:test";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../../src/errors.ts";
import { appendHookError, readHookErrors } from "../../src/store/hook-errors.ts";
import { isSafeName, parseLocalProjectId } from "../../src/store/files/paths.ts";
import { readRegistry, registerProject, withoutCredentials } from "../../src/store/registry.ts";
import { projectScene } from "./scene.ts";

const warn = (message: string): void => {
  throw new Error(message);
};

test("a moved repository keeps its entry, adds its root, and loses no field of others", () => {
  using scene = projectScene();
  const { project, home } = scene;
  const registration = {
    root: "/old",
    originUrl: "https://me:secret@example.com/r.git",
    firstCommitSha: "a1",
    createdAt: "2026-01-01T00:00:00Z",
    warn,
  };
  registerProject(home, project.id, registration);
  const path = join(home, "projects.json");
  const kept = JSON.parse(readFileSync(path, "utf8"));
  kept.projects[project.id].future = 1;
  writeFileSync(path, JSON.stringify(kept));
  registerProject(home, project.id, {
    ...registration,
    root: "/new",
    firstCommitSha: "b2",
    originUrl: null,
  });
  expect(readRegistry(home, warn).projects[project.id]).toEqual({
    first_commit_sha: "a1",
    origin_url: "https://example.com/r.git",
    canonical_root: "/new",
    known_roots: ["/old", "/new"],
    created_at: "2026-01-01T00:00:00Z",
    future: 1,
  } as never);
  const before = statSync(path).mtimeMs;
  registerProject(home, project.id, { ...registration, root: "/new", originUrl: null });
  expect(statSync(path).mtimeMs).toBe(before);
});

test.each([
  ["https://user:pass@host/a", "https://host/a"],
  ["https://token@host:8443/a?b=c@d", "https://host:8443/a?b=c@d"],
  ["https://a@b@host/x", "https://host/x"],
  ["https://host/a@b", "https://host/a@b"],
  ["git@github.com:a/b.git", "git@github.com:a/b.git"],
  ["/local/path@x", "/local/path@x"],
])("%s is stored as %s", (url, stored) => {
  expect(withoutCredentials(url)).toBe(stored);
});

test("only a checked id names a directory", () => {
  const own = `at-${"0f".repeat(16)}`;
  expect(parseLocalProjectId(own, () => false)).toBe(own as never);
  expect(parseLocalProjectId("-home-me-proj", () => true)).toBe("-home-me-proj" as never);
  const hostile = ["", ".", "..", "../x", "a/b", "a\\b", "a\0b", "a\nb", "x".repeat(256)];
  for (const id of hostile) {
    expect(isSafeName(id)).toBe(false);
    expect(() => parseLocalProjectId(id, () => true)).toThrow(AppError);
  }
  expect(() => parseLocalProjectId("-home-me-proj", () => false)).toThrow(AppError);
  expect(() => parseLocalProjectId(own.toUpperCase(), () => false)).toThrow(AppError);
});

test("errors of hooks are kept in order, and do not fill the disk", () => {
  using scene = projectScene();
  const reason = "x".repeat(60_000);
  for (let number = 0; number < 45; number++) {
    appendHookError(scene.home, { time: `t${number}`, hook: "record", reason });
  }
  const times = readHookErrors(scene.home, (message) => expect(message).toBe("")).map(
    ({ time }) => time,
  );
  expect(times.length).toBeGreaterThan(17);
  expect(times).toEqual(Array.from({ length: 45 }, (_, at) => `t${at}`).slice(-times.length));
  const sizes = ["hook-errors.jsonl", "hook-errors.old.jsonl"].map(
    (name) => statSync(join(scene.home, name)).size,
  );
  expect(Math.max(...sizes)).toBeLessThan(1.2 * 1024 * 1024);
});
