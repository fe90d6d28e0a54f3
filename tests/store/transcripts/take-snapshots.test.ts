import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { appendFileSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createPolicy } from "../../../src/redaction/policy.ts";
import { createRedactor, readRedactorState } from "../../../src/redaction/redactor.ts";
import { conversationIdOf } from "../../../src/schema/digest.ts";
import type { BlobId, ConversationId } from "../../../src/schema/ids.ts";
import type { ProjectPaths } from "../../../src/store/files/paths.ts";
import { readConversationIndex } from "../../../src/store/transcripts/conversation-index.ts";
import { growLiveCopy } from "../../../src/store/transcripts/live-copy.ts";
import { previewSnapshots } from "../../../src/store/transcripts/preview-snapshots.ts";
import type { Rewrite } from "../../../src/store/transcripts/rewrite.ts";
import { leavingOutBookkeeping } from "../../../src/workflows/exchange/leave-out-bookkeeping.ts";
import { takeSnapshots } from "../../../src/store/transcripts/take-snapshots.ts";
import { temporaryDirectory } from "../../support/directories.ts";
import { projectScene } from "../scene.ts";

const secret = "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";
const policy = createPolicy();
const line = (text: string): string => `${JSON.stringify({ role: "user", text })}\n`;

/** The rules of a push; `read` counts the bytes that are searched. */
function counting(id = policy.id): Rewrite & { read: number } {
  const rewrite = {
    id,
    read: 0,
    begin(state?: unknown) {
      const redactor = createRedactor(policy, { after: readRedactorState(state) });
      return {
        write(chunk: Uint8Array) {
          rewrite.read += chunk.length;
          return redactor.write(chunk);
        },
        end: () => redactor.end(),
        get state() {
          return redactor.state;
        },
        counts: redactor.counts,
      };
    },
  };
  return rewrite;
}

let project: ProjectPaths;
let scene: ReturnType<typeof projectScene>;
let directory: ReturnType<typeof temporaryDirectory>;
let source: string;
let id: ConversationId;

beforeEach(() => {
  directory = temporaryDirectory();
  scene = projectScene();
  ({ project } = scene);
  source = join(directory.path, "session.jsonl");
  id = conversationIdOf(source);
});
afterEach(() => {
  scene[Symbol.dispose]();
  directory[Symbol.dispose]();
});

async function take(rewrite: Rewrite | undefined, isAcknowledged = false) {
  return takeSnapshots(project, {
    signal: new AbortController().signal,
    warn: () => {},
    now: Date.now(),
    rewrite,
    isAcknowledged: () => isAcknowledged,
  });
}

function newest(): string {
  const blob = readConversationIndex(project, () => {}).get(id) as BlobId;
  return readFileSync(join(project.conversations, blob.slice(0, 2), blob), "utf8");
}

function masked(text: string): string {
  const redactor = createRedactor(policy);
  return Buffer.concat([redactor.write(Buffer.from(text)), redactor.end()]).toString();
}

describe("a snapshot of a transcript that grew", () => {
  test("costs a search of what is new, and reads as if all of it had been searched", async () => {
    const rewrite = counting();
    let text = line(`use ${secret}`).repeat(2000);
    writeFileSync(source, text);
    growLiveCopy(project, { path: source });
    await take(rewrite);
    expect(rewrite.read).toBe(text.length);
    for (let push = 0; push < 3; push++) {
      rewrite.read = 0;
      const more = line(`now ${secret}`) + line("and more");
      appendFileSync(source, more);
      text += more;
      const [preview] = previewSnapshots(project, rewrite).previews;
      expect(await preview?.content.text()).toBe(masked(text));
      expect(rewrite.read).toBe(more.length);
      rewrite.read = 0;
      await take(rewrite);
      expect(rewrite.read).toBe(more.length);
      expect(newest()).toBe(masked(text));
    }
    rewrite.read = 0;
    await take(rewrite);
    expect(rewrite.read).toBe(0);
  });

  test("is searched whole once the rules are others, or what was kept of it is gone", async () => {
    const text = line(`use ${secret}`).repeat(10);
    writeFileSync(source, text);
    growLiveCopy(project, { path: source });
    await take(counting());
    const others = counting("other rules");
    await take(others);
    expect(others.read).toBe(text.length);
    for (const folder of readdirSync(project.conversations)) {
      if (folder.length === 2) rmSync(join(project.conversations, folder), { recursive: true });
    }
    others.read = 0;
    appendFileSync(source, line("more"));
    await take(others);
    expect(others.read).toBe(text.length + line("more").length);
  });

  const body = "MIIEowIBAAKCAQEAz0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJ\n";
  const key = `-----BEGIN RSA PRIVATE KEY-----\n${body.repeat(12)}-----END RSA PRIVATE KEY-----\n`;
  test.each([
    ["within a private key", `see\n${key}behind\n${key}`],
    ["within a line", line(`use ${secret} and ${secret}`).repeat(3)],
    ["behind an empty line", `\n\n${line(`use ${secret}`)}\n`],
  ])("reads the same when it was cut %s", async (_, text) => {
    for (let at = 1; at < text.length; at += Math.ceil(text.length / 7)) {
      rmSync(source, { force: true });
      writeFileSync(source, text.slice(0, at));
      growLiveCopy(project, { path: source, last: true });
      await take(counting());
      expect(newest()).toBe(masked(text.slice(0, at)));
      appendFileSync(source, text.slice(at));
      await take(counting());
      expect(newest()).toBe(masked(text));
    }
  });
});

test("a snapshot without a live copy is searched once for the same rules, whatever the remote has", async () => {
  const text = line("nothing to see").repeat(100);
  writeFileSync(source, text);
  growLiveCopy(project, { path: source });
  // As a version before redaction left it.
  await take(undefined);
  rmSync(join(project.live, id));
  rmSync(join(project.live, `${id}.json`));
  const reads: number[] = [];
  for (const rules of ["one", "one", "two", "two"]) {
    const rewrite = counting(rules);
    await take(rewrite);
    reads.push(rewrite.read);
  }
  expect(reads).toEqual([text.length, 0, text.length, 0]);
});

test("a session that is over and has no secrets is not searched again", async () => {
  writeFileSync(source, line("nothing to see"));
  growLiveCopy(project, { path: source });
  await take(counting());
  rmSync(source);
  await take(counting());
  expect(readdirSync(project.live)).toEqual([]);
  const rewrite = counting();
  await take(rewrite);
  expect(rewrite.read).toBe(0);
});

test("a session that is over keeps its raw copy where something was left out of what leaves", async () => {
  writeFileSync(source, line("bookkeeping") + line("said"));
  growLiveCopy(project, { path: source });
  const without = leavingOutBookkeeping(counting());
  writeFileSync(source, `${JSON.stringify({ type: "api-request", body: "x" })}\n${line("said")}`);
  await take(without);
  rmSync(source);
  await take(without);
  expect(newest()).toBe(line("said"));
  expect(readdirSync(project.live)).toContain(id);
});

test("an error of the scanner holds back its own transcript, live or kept, and no other", async () => {
  const other = join(directory.path, "other.jsonl");
  writeFileSync(source, line("bad"));
  writeFileSync(other, line("good"));
  for (const path of [source, other]) growLiveCopy(project, { path });
  const failing: Rewrite = {
    id: "failing",
    begin() {
      const redactor = createRedactor(policy);
      return {
        ...redactor,
        state: redactor.state,
        write(chunk) {
          if (Buffer.from(chunk).includes("bad")) throw new TypeError(`cannot read ${secret}`);
          return redactor.write(chunk);
        },
      };
    },
  };
  const { held } = await take(failing);
  expect(held).toEqual([
    { conversationId: id, code: "redaction_failed", message: "it cannot be searched for secrets" },
  ]);
  expect(previewSnapshots(project, failing).held).toEqual(held);
  expect([...readConversationIndex(project, () => {}).keys()]).toEqual([conversationIdOf(other)]);
  // Of a transcript that is only kept as a snapshot nothing leaves either.
  await take(undefined);
  rmSync(source);
  rmSync(join(project.live, id));
  rmSync(join(project.live, `${id}.json`));
  expect((await take(failing)).held).toEqual(held);
});
