import { expect, test } from "bun:test";
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { conversationIdOf, sha256Hex } from "../../../src/schema/digest.ts";
import type { ProjectId } from "../../../src/schema/ids.ts";
import { growLiveCopy, livePath, readLiveCopy } from "../../../src/store/transcripts/live-copy.ts";
import { type ProjectPaths, projectPaths } from "../../../src/store/files/paths.ts";
import { temporaryDirectory } from "../../support/directories.ts";

interface Scene extends Disposable {
  readonly project: ProjectPaths;
  readonly source: string;
  grow(last?: boolean): string;
  copy(): string;
  snapshots(): string[];
}

function scene(): Scene {
  const directory = temporaryDirectory();
  const project = projectPaths(join(directory.path, "home"), `at-${"0".repeat(32)}` as ProjectId);
  const source = join(directory.path, "session.jsonl");
  const id = conversationIdOf(source);
  return {
    project,
    source,
    grow: (last = false) => growLiveCopy(project, { path: source, agent: "a", last }).state,
    copy: () => readFileSync(livePath(project, id), "utf8"),
    snapshots: () =>
      readdirSync(project.conversations)
        .filter((name) => /^[0-9a-f]{2}$/.test(name))
        .flatMap((name) => readdirSync(join(project.conversations, name)))
        .map((name) => {
          const content = readFileSync(join(project.conversations, name.slice(0, 2), name));
          expect(sha256Hex(content)).toBe(name);
          return content.toString();
        })
        .sort(),
    [Symbol.dispose]: () => directory[Symbol.dispose](),
  };
}

test("a growing transcript is copied as it grows", () => {
  using s = scene();
  writeFileSync(s.source, "one\n");
  expect(s.grow()).toBe("grown");
  expect(s.grow()).toBe("unchanged");
  appendFileSync(s.source, "two\nhal");
  expect(s.grow()).toBe("grown");
  appendFileSync(s.source, "f\n");
  expect(s.grow()).toBe("grown");
  expect(s.copy()).toBe("one\ntwo\nhalf\n");
  expect(s.snapshots()).toEqual([]);
});

test("a transcript that is deleted leaves its copy", () => {
  using s = scene();
  writeFileSync(s.source, "one\n");
  s.grow();
  rmSync(s.source);
  expect(s.grow(true)).toBe("missing");
  expect(s.copy()).toBe("one\n");
});

test("what a transcript held before it shrank is kept as a snapshot", () => {
  using s = scene();
  writeFileSync(s.source, "one\ntwo\n");
  s.grow();
  truncateSync(s.source, 4);
  expect(s.grow()).toBe("grown");
  expect(s.copy()).toBe("one\n");
  expect(s.snapshots()).toEqual(["one\ntwo\n"]);
});

test("what a transcript held before another took its place is kept as a snapshot", () => {
  using s = scene();
  writeFileSync(s.source, "one\n");
  s.grow();
  writeFileSync(`${s.source}.new`, "other and much longer\n");
  renameSync(`${s.source}.new`, s.source);
  expect(s.grow()).toBe("grown");
  expect(s.copy()).toBe("other and much longer\n");
  expect(s.snapshots()).toEqual(["one\n"]);
});

test("what a transcript held before it was written over in place is kept as a snapshot", () => {
  using s = scene();
  writeFileSync(s.source, "one\n");
  s.grow();
  writeFileSync(s.source, "another\n");
  expect(s.grow()).toBe("grown");
  expect(s.copy()).toBe("another\n");
  expect(s.snapshots()).toEqual(["one\n"]);
});

test("an agent that writes its transcript anew at each event costs a few times its size, and ends up whole", () => {
  using s = scene();
  let written = 0;
  for (let turns = 1; turns <= 200; turns++) {
    writeFileSync(s.source, JSON.stringify(Array.from({ length: turns }, () => "x".repeat(1000))));
    if (s.grow() === "grown") written += statSync(s.source).size;
  }
  s.grow(true);
  expect(s.copy()).toBe(readFileSync(s.source, "utf8"));
  expect(written).toBeLessThan(6 * statSync(s.source).size);
});

test("what is no regular file is left alone, and said once", () => {
  using s = scene();
  mkdirSync(s.source);
  const grow = (): unknown => growLiveCopy(s.project, { path: s.source });
  const reason = "it is no regular file";
  expect(grow()).toEqual({ state: "left alone", reason, said: true });
  expect(grow()).toEqual({ state: "left alone", reason, said: false });
  rmSync(s.source, { recursive: true });
  symlinkSync(s.source, s.source);
  expect(grow()).toEqual({ state: "left alone", reason: "it cannot be read (ELOOP)", said: true });
});

test("a transcript that was left alone is copied once it is a file again", () => {
  using s = scene();
  mkdirSync(s.source);
  s.grow();
  rmSync(s.source, { recursive: true });
  writeFileSync(s.source, "one\n");
  expect(s.grow()).toBe("grown");
  expect(readLiveCopy(s.project, conversationIdOf(s.source))?.leftAlone).toBeUndefined();
});

test("a copy that a kill left short, and one that lost its description, go on", () => {
  using s = scene();
  const id = conversationIdOf(s.source);
  writeFileSync(s.source, "one\ntwo\n");
  s.grow();
  truncateSync(livePath(s.project, id), 5);
  appendFileSync(s.source, "three\n");
  expect(s.grow()).toBe("grown");
  expect(s.copy()).toBe("one\ntwo\nthree\n");
  rmSync(`${livePath(s.project, id)}.json`);
  appendFileSync(s.source, "four\n");
  expect(s.grow()).toBe("grown");
  expect(s.copy()).toBe("one\ntwo\nthree\nfour\n");
  expect(s.snapshots()).toEqual([]);
});

test("what a session of 50 MiB writes in 500 events is the session and not much more", () => {
  using s = scene();
  const io = (): number =>
    Number(/wchar: (\d+)/.exec(readFileSync("/proc/self/io", "utf8"))?.[1] ?? 0);
  const piece = Buffer.alloc(104_858, "x");
  const size = 500 * piece.length;
  let own = 0;
  const before = process.platform === "linux" ? io() : 0;
  for (let event = 0; event < 500; event++) {
    appendFileSync(s.source, piece);
    own += piece.length;
    s.grow();
  }
  expect(statSync(livePath(s.project, conversationIdOf(s.source))).size).toBe(size);
  if (process.platform === "linux") expect(io() - before - own).toBeLessThan(1.1 * size);
});
