import type { ExchangePorts } from "../../src/sync/ports.ts";

const cell = new Int32Array(new SharedArrayBuffer(4));

/** A kill is to find the moment between two steps, as it does sooner or later on a busy machine. */
function linger(): void {
  Atomics.wait(cell, 0, 0, 20);
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
        linger();
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
        linger();
        for (const write of late.splice(0)) write();
      },
    },
  });
}
