import type { ExchangePorts } from "../../src/sync/ports.ts";

/** A kill finds the moment between two steps, as it does sooner or later on a busy machine. */
function beKilled(): void {
  if (process.env["CARELESS_IS_KILLED"] === "yes") process.kill(process.pid, "SIGKILL");
}

/** The store with its writes in the wrong order: it acknowledges rows and transcripts before it sends them, and keeps rows only after their cursor. */
export function careless<T extends ExchangePorts>(store: T): T {
  const late: (() => void)[] = [];
  const { rows, memory, transcripts } = store;
  return Object.assign(store, {
    transcripts: {
      ...transcripts,
      open(blob: Parameters<typeof transcripts.open>[0]) {
        const own = transcripts.list("all").find((candidate) => candidate.blob === blob);
        memory.noteBlob(blob);
        if (own !== undefined) memory.notePointer(own.conversationId, blob);
        return transcripts.open(blob);
      },
    },
    rows: {
      ...rows,
      texts(...[resource, candidates]: Parameters<typeof rows.texts>) {
        rows.acknowledge(resource, candidates);
        beKilled();
        return rows.texts(resource, candidates);
      },
      merge(...[resource, received]: Parameters<typeof rows.merge>) {
        late.push(() => void rows.merge(resource, received));
        return { merged: received.length, skipped: 0 };
      },
    },
    memory: {
      ...memory,
      flush() {
        memory.flush();
        beKilled();
        for (const write of late.splice(0)) write();
      },
    },
  });
}
