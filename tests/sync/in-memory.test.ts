import { expect, test } from "bun:test";
import { inlineBytes } from "../../src/schema/conversation.ts";
import { hashBlob } from "../../src/schema/digest.ts";
import type { ConversationId } from "../../src/schema/ids.ts";
import { rowResources } from "../../src/schema/resource.ts";
import { pull } from "../../src/sync/pull.ts";
import { push } from "../../src/sync/push.ts";
import { ledger, sha, trace } from "../store/scene.ts";
import { type MemoryExchange, memoryExchange } from "../support/memory-exchange.ts";
import { type MemoryRemote, memoryRemote } from "../support/memory-remote.ts";

const rest = { signal: new AbortController().signal, report: () => {} };

async function pushed(store: MemoryExchange, remote: MemoryRemote) {
  const choice = { full: false, only: "all", since: undefined, transcripts: true } as const;
  const { resources, failures } = await push({ store, remote, choice, ...rest });
  expect(failures).toEqual([]);
  return Object.values(resources).map(({ sent }) => sent);
}

const merged = (counts: Awaited<ReturnType<typeof pulled>>) =>
  Object.values(counts).map((count) => count.merged);

async function pulled(store: MemoryExchange, remote: MemoryRemote) {
  const choice = { since: undefined, transcripts: true };
  const { resources, failures } = await pull({ store, remote, choice, ...rest });
  expect(failures).toEqual([]);
  return resources;
}

async function contentsOf({ rows, transcripts }: MemoryExchange) {
  const listed = transcripts.list("all");
  return {
    rows: rowResources.map((name) => rows.texts(name, rows.candidates(name, "all"))),
    transcripts: await Promise.all(
      listed.map(async ({ conversationId, blob }) => [
        conversationId,
        await transcripts.open(blob).text(),
      ]),
    ),
  };
}

const conversation = "c".repeat(64) as ConversationId;

/** One of each resource, whose transcript is a little too long to go inside its row. */
function work(): MemoryExchange {
  const store = memoryExchange();
  store.add("traces", trace("1"));
  store.add("ledgers", ledger(sha("a"), ["1"]));
  store.add("commit_links", { commit_sha: sha("a"), trace_ids: ["1"], files_changed: ["a.ts"] });
  store.add("summaries", {
    conversation_id: conversation,
    summary: "s",
    created_at: "2026-01-01T00:00:00Z",
  });
  store.write(conversation, "x".repeat(inlineBytes + 1), "2026-01-01T00:00:00.000Z");
  return store;
}

test("what one pushes another pulls, and nothing goes or comes twice", async () => {
  const [ada, bob, remote] = [work(), memoryExchange(), memoryRemote()];
  expect(await pushed(ada, remote)).toEqual([1, 1, 1, 1, 1]);
  expect(merged(await pulled(bob, remote))).toEqual([1, 1, 1, 1, 1]);
  expect(await contentsOf(bob)).toEqual(await contentsOf(ada));
  const none = [0, 0, 0, 0, 0];
  expect([await pushed(ada, remote), await pushed(bob, remote)]).toEqual([none, none]);
  expect(merged(await pulled(ada, remote))).toEqual(none);
  for (const store of [ada, bob]) {
    const again = Object.values(await pulled(store, remote));
    expect(again.map(({ received }) => received)).toEqual(none);
  }
});

test("a push holds back what no ledger names, and cuts batches to what the service takes", async () => {
  const [store, remote] = [memoryExchange(), memoryRemote({ batchItems: 3 })];
  const ids = Array.from({ length: 8 }, (_, number) => `t${number}`);
  for (const id of [...ids, "loose"]) store.add("traces", trace(id));
  store.add("ledgers", ledger(sha("a"), ids));
  expect(await pushed(store, remote)).toEqual([8, 1, 0, 0, 0]);
  expect(remote.batches).toEqual(["traces 3", "traces 3", "traces 2", "ledgers 1"]);
  expect(store.rows.candidates("traces", "unsent").map(({ key }) => key)).toEqual(["loose"]);
});

test("a transcript that the service has no bytes of comes with the pull after the one that lacked it", async () => {
  const [ada, bob, remote] = [work(), memoryExchange(), memoryRemote()];
  await pushed(ada, remote);
  const choice = { since: undefined, transcripts: true };
  const lacking: MemoryRemote = Object.assign(Object.create(remote) as MemoryRemote, {
    fetchBlob: async () => "missing" as const,
  });
  const first = await pull({ store: bob, remote: lacking, choice, ...rest });
  expect(first.failures.map(({ code }) => code)).toEqual(["transcript_missing"]);
  expect(bob.transcripts.list("all")).toEqual([]);
  expect(merged(await pulled(bob, remote))).toEqual([0, 0, 0, 1, 0]);
  expect(bob.transcripts.list("all").map(({ blob }) => blob)).toEqual([
    hashBlob("x".repeat(inlineBytes + 1)),
  ]);
});

test("what must not leave is told, and its conversation stays while everything else goes", async () => {
  const store = work();
  store.add("traces", trace("2", { path: "b.ts" }));
  const held = { conversationId: conversation, code: "redaction_failed", message: "it cannot be" };
  const { take } = store.transcripts;
  const transcripts = {
    ...store.transcripts,
    take: async (signal: AbortSignal) => ({ ...(await take(signal)), held: [held] }),
  };
  const remote = memoryRemote();
  const choice = { full: true, only: "all", since: undefined, transcripts: true } as const;
  const outcome = await push({ store: { ...store, transcripts }, remote, choice, ...rest });
  const { conversations, traces } = outcome.resources;
  expect({ conversations, traces: traces.sent, failures: outcome.failures }).toEqual({
    conversations: { sent: 0, skipped: 0, held_back: 1, refused: 0 },
    traces: 2,
    failures: [
      { resource: "conversations", id: conversation, code: held.code, message: held.message },
    ],
  });
  // Once the cause is gone it goes.
  expect((await push({ store, remote, choice, ...rest })).resources.conversations.sent).toBe(1);
});
