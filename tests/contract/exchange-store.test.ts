import { utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { conversationIdOf } from "../../src/schema/digest.ts";
import { openExchange } from "../../src/store/exchange/open-exchange.ts";
import { appendLines } from "../../src/store/files/append.ts";
import { rowFile } from "../../src/store/index/project-index.ts";
import { growLiveCopy } from "../../src/store/transcripts/live-copy.ts";
import { projectScene } from "../store/scene.ts";
import { foreign } from "../store/exchange/exchange-scene.ts";
import { memoryExchange } from "../support/memory-exchange.ts";
import { type ExchangeStoreScene, exchangeStoreContract } from "./exchange-store.ts";
import { exchangeTranscriptsContract } from "./exchange-transcripts.ts";

const onDisk = (): ExchangeStoreScene => {
  const { project, home, ...scene } = projectScene();
  const open = () =>
    openExchange(project, {
      remote: "origin",
      looksOnly: false,
      warn: (message) => {
        throw new Error(message);
      },
      now: () => new Date("2026-03-02T00:00:00Z"),
    });
  const source = join(home, "..", "session.jsonl");
  let store = open();
  return {
    store,
    again() {
      store[Symbol.dispose]();
      return (store = open());
    },
    add: (resource, value) => appendLines(rowFile(project, resource), [JSON.stringify(value)]),
    write(content, time) {
      writeFileSync(source, content);
      utimesSync(source, new Date(time), new Date(time));
      growLiveCopy(project, { path: source });
      return conversationIdOf(source);
    },
    [Symbol.dispose]() {
      store[Symbol.dispose]();
      scene[Symbol.dispose]();
    },
  };
};

const inMemory = (): ExchangeStoreScene => {
  const store = memoryExchange();
  const own = foreign.replaceAll("d", "e") as typeof foreign;
  return {
    store,
    again: () => store,
    add: store.add,
    write(content, time) {
      store.write(own, content, time);
      return own;
    },
    [Symbol.dispose]: () => {},
  };
};

for (const [kind, scene] of [
  ["on a disk", onDisk],
  ["in memory", inMemory],
] as const) {
  exchangeStoreContract(kind, scene);
  exchangeTranscriptsContract(kind, scene);
}
