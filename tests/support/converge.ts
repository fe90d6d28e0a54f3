import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../../src/errors.ts";
import { conversationIdOf, sha256Hex } from "../../src/schema/digest.ts";
import type { ProjectPaths } from "../../src/store/files/paths.ts";
import { appendLines } from "../../src/store/files/append.ts";
import { readRecords } from "../../src/store/files/read-lines.ts";
import { readConversationIndex } from "../../src/store/transcripts/conversation-index.ts";
import { growLiveCopy } from "../../src/store/transcripts/live-copy.ts";
import { findSnapshot } from "../../src/store/transcripts/snapshot.ts";
import { fakeClock } from "../remote/fake-clock.ts";
import { projectScene } from "../store/scene.ts";
import { temporaryDirectory } from "./directories.ts";
import { type ExchangeClientOptions, exchangeClient } from "./exchange-client.ts";
import type { Random } from "./random.ts";

/** One machine: a store, and agents' transcripts that grow beside it. */
export interface Machine extends Disposable {
  readonly project: ProjectPaths;
  /** Records a trace of a session, and now and then a commit that takes it in; its transcript gains some lines. */
  work(random: Random): void;
  /** Runs an exchange; false where it failed as exchanges may. Anything else that is thrown is a bug. */
  exchange(verb: "push" | "pull", random: Random): Promise<boolean>;
  /** All that is shared, in a form in which two machines can be compared. */
  contents(): Promise<object>;
}

const sessions = 3;

export function newMachine(name: string, options: Omit<ExchangeClientOptions, "clock">): Machine {
  const scene = projectScene();
  const directory = temporaryDirectory();
  const { project } = scene;
  let written = 0;
  const waiting: string[] = [];
  return {
    project,
    work(random) {
      const path = join(directory.path, `${name}-${random.below(sessions)}.jsonl`);
      mkdirSync(directory.path, { recursive: true });
      const line = `${JSON.stringify({ turn: written, text: "words of a session ".repeat(20 + random.below(400)) })}\n`;
      appendFileSync(path, line.repeat(1 + random.below(30)));
      growLiveCopy(project, { path });
      const id = `${name}-${written++}`;
      const conversations = [{ id: conversationIdOf(path), ranges: [] }];
      appendLines(project.traces, [
        JSON.stringify({
          id,
          timestamp: "2026-02-10T12:00:00Z",
          files: [{ path: "a.ts", conversations }],
        }),
      ]);
      waiting.push(id);
      if (!random.chance(0.3)) return;
      const commit_sha = sha256Hex(id).slice(0, 40);
      const row = {
        commit_sha,
        trace_ids: waiting.splice(0),
        committed_at: "2026-02-10T12:00:00Z",
      };
      appendLines(project.ledgers, [JSON.stringify({ version: "2.0", ...row, files: {} })]);
      appendLines(project.commitLinks, [JSON.stringify(row)]);
    },
    async exchange(verb, random) {
      using client = exchangeClient(project, { ...options, clock: fakeClock(random.next()) });
      try {
        const { failures } = await client[verb]();
        return failures.length === 0;
      } catch (error) {
        // What is no error of ours would be a bug, and ends the test.
        if (!(error instanceof AppError)) throw error;
        return false;
      }
    },
    async contents() {
      const transcripts: Record<string, string> = {};
      for (const [id, blob] of readConversationIndex(project, failed)) {
        const path = findSnapshot(project, blob)?.path;
        transcripts[id] = path === undefined ? "missing" : sha256Hex(await Bun.file(path).bytes());
        if (transcripts[id] !== blob) throw new Error(`${id} has other bytes than its name says`);
      }
      const rows = [project.traces, project.ledgers, project.commitLinks].map((path) =>
        [...readRecords(path, { onUnreadable: () => failed(`a line of ${path} is no record`) })]
          .map(({ text }) => text)
          .toSorted(),
      );
      return { rows, transcripts: Object.fromEntries(Object.entries(transcripts).toSorted()) };
    },
    [Symbol.dispose]() {
      scene[Symbol.dispose]();
      directory[Symbol.dispose]();
    },
  };
}

function failed(message: string): never {
  throw new Error(message);
}

/** Runs exchanges until one succeeds; gives how many it took. */
export async function untilDone(
  machine: Machine,
  verb: "push" | "pull",
  random: Random,
): Promise<number> {
  for (let tries = 1; tries <= 100; tries++) {
    if (await machine.exchange(verb, random)) return tries;
  }
  throw new Error(`${verb} did not come to its end in a hundred tries`);
}
