import { join } from "node:path";
import { type LockedFile, type WaitOptions, waitForLock } from "../files/lock.ts";
import type { ProjectPaths } from "../files/paths.ts";
import { removeDownloads } from "../transcripts/download.ts";
import { settleAllGrowing } from "../transcripts/grow-snapshot.ts";
import { createRemoteMemory } from "./remote-memory.ts";
import { createRowStore } from "./row-store.ts";
import { Session, type SessionOptions, type SessionView, viewOf } from "./session.ts";
import { createTranscriptStore } from "./transcript-store.ts";

/** Held by a push, a pull or a sync from beginning to end; another one of the project waits. */
export async function lockSync(project: ProjectPaths, options: WaitOptions): Promise<LockedFile> {
  const lock = await waitForLock(join(project.directory, ".sync-lock"), options);
  removeDownloads(project, "old");
  settleAllGrowing(project);
  return lock;
}

function portsOf(view: SessionView) {
  return {
    rows: createRowStore(view),
    transcripts: createTranscriptStore(view),
    memory: createRemoteMemory(view),
  };
}

/** A project's store towards one remote, as `sync/ports.ts` describes it. */
export function openExchange(project: ProjectPaths, options: SessionOptions) {
  const session = new Session(project, options);
  return {
    ...portsOf(viewOf(session)),
    /** The same store as towards a remote that nothing is known of; for looking only. */
    afresh: () => portsOf({ session, remote: 0 }),
    [Symbol.dispose]: () => session[Symbol.dispose](),
  };
}
