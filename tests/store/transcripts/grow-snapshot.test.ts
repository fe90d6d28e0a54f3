import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { conversationIdOf, hashBlob, sha256Hex } from "../../../src/schema/digest.ts";
import type { BlobId, ConversationId } from "../../../src/schema/ids.ts";
import type { ProjectPaths } from "../../../src/store/files/paths.ts";
import { earlierSnapshots, findByName } from "../../../src/store/transcripts/earlier-snapshots.ts";
import { settleAllGrowing } from "../../../src/store/transcripts/grow-snapshot.ts";
import { growLiveCopy, livePath, readLiveCopy } from "../../../src/store/transcripts/live-copy.ts";
import { hasSnapshot, snapshotPath } from "../../../src/store/transcripts/snapshot.ts";
import { takeSnapshots } from "../../../src/store/transcripts/take-snapshots.ts";
import { temporaryDirectory } from "../../support/directories.ts";
import { projectScene } from "../scene.ts";

const line = "a turn of a session\n";

let project: ProjectPaths;
let scene: ReturnType<typeof projectScene>;
let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
  scene = projectScene();
  ({ project } = scene);
});
afterEach(() => {
  scene[Symbol.dispose]();
  directory[Symbol.dispose]();
});

function write(name: string, text: string): ConversationId {
  const path = join(directory.path, `${name}.jsonl`);
  appendFileSync(path, text);
  growLiveCopy(project, { path });
  return conversationIdOf(path);
}

const take = (): Promise<unknown> =>
  takeSnapshots(project, {
    signal: new AbortController().signal,
    now: Date.now(),
    warn: (message) => expect.unreachable(message),
    isAcknowledged: () => false,
  });

const newest = (id: ConversationId): BlobId =>
  readLiveCopy(project, id)?.snapshot?.blob ?? expect.unreachable();
const inode = (blob: BlobId): number => statSync(snapshotPath(project, blob)).ino;
const read = (blob: BlobId): string => readFileSync(snapshotPath(project, blob), "utf8");
/** Bytes of all snapshots; live copies apart. */
const cacheBytes = (): number =>
  readdirSync(project.conversations, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /^[0-9a-f]{2}$/.test(entry.parentPath.slice(-2)))
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);

describe("the snapshot of a transcript that has grown", () => {
  test("is the file of the one before with what is new behind it, and answers that one's name", async () => {
    const id = write("session", line.repeat(100));
    await take();
    const first = newest(id);
    const file = inode(first);
    for (let turn = 0; turn < 20; turn++) {
      write("session", line);
      await take();
    }
    const last = newest(id);
    const text = line.repeat(120);
    expect([read(last) === text, last === hashBlob(text), inode(last)]).toEqual([true, true, file]);
    expect(cacheBytes()).toBe(text.length);
    expect(hasSnapshot(project, first)).toBe(false);
    const found = findByName(project, id, first);
    expect(found?.bytes).toBe(line.length * 100);
    expect(sha256Hex(readFileSync(found?.path ?? "").subarray(0, found?.bytes))).toBe(first);
    const earlier = earlierSnapshots(project, id, last);
    expect(earlier.length).toBe(20);
    expect(earlier.every(({ bytes, shared }) => bytes === shared)).toBe(true);
  });

  test("leaves the file alone that another conversation's name is", async () => {
    const [id, twin] = [write("session", line), write("twin", line)];
    await take();
    expect(newest(id)).toBe(newest(twin));
    const shared = newest(twin);
    write("session", line);
    await take();
    expect([read(shared), read(newest(id))]).toEqual([line, line + line]);
  });

  test("is written anew where the state of its hash, or its file, is not as it was left", async () => {
    const id = write("session", line);
    await take();
    const description = `${livePath(project, id)}.json`;
    const live = JSON.parse(readFileSync(description, "utf8"));
    live.snapshot.hash = Buffer.from("of another version").toString("base64");
    writeFileSync(description, JSON.stringify(live));
    write("session", line);
    await take();
    expect(read(newest(id))).toBe(line + line);
    appendFileSync(snapshotPath(project, newest(id)), "not ours");
    write("session", line);
    await take();
    expect(read(newest(id))).toBe(line.repeat(3));
  });

  test("keeps what it was where the growth cannot be taken in", async () => {
    const id = write("session", line.repeat(100));
    await take();
    const before = newest(id);
    write("session", line.repeat(100));
    const controller = new AbortController();
    let asked = 0;
    const signal = {
      throwIfAborted() {
        if (++asked > 1) controller.abort(new Error("interrupted"));
        controller.signal.throwIfAborted();
      },
    } as AbortSignal;
    const options = { now: Date.now(), warn: () => {}, isAcknowledged: () => false };
    await expect(takeSnapshots(project, { ...options, signal })).rejects.toThrow();
    expect([newest(id), read(before)]).toEqual([before, line.repeat(100)]);
    await take();
    expect(read(newest(id))).toBe(line.repeat(200));
  });
});

describe("a kill while a snapshot grows", () => {
  const growing = (id: ConversationId): string => join(project.conversations, "growing", id);

  /** As a kill leaves it: the file without a name, with so much behind what it was. */
  async function killed(more: string): Promise<ConversationId> {
    const id = write("session", line.repeat(3));
    await take();
    mkdirSync(dirname(growing(id)), { recursive: true });
    renameSync(snapshotPath(project, newest(id)), growing(id));
    appendFileSync(growing(id), more);
    return id;
  }

  test.each(["", "half a l", line])(
    "before it is described costs nothing (%j written)",
    async (more) => {
      const id = await killed(more);
      settleAllGrowing(project);
      expect([read(newest(id)), existsSync(growing(id))]).toEqual([line.repeat(3), false]);
      write("session", line);
      await take();
      expect(read(newest(id))).toBe(line.repeat(4));
      expect(cacheBytes()).toBe(line.length * 4);
    },
  );

  test("after it was described gives it its name", async () => {
    const id = await killed(line);
    const description = `${livePath(project, id)}.json`;
    const live = JSON.parse(readFileSync(description, "utf8"));
    const described = { blob: hashBlob(line.repeat(4)), size: line.length * 4 };
    live.snapshot = { ...live.snapshot, ...described, bytes: line.length * 4 };
    writeFileSync(description, JSON.stringify(live));
    settleAllGrowing(project);
    expect(read(described.blob)).toBe(line.repeat(4));
    expect(existsSync(growing(id))).toBe(false);
  });
});
