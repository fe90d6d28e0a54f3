/**
 * Standard input to its end: undefined where it holds more than `limit` bytes or does not end within `timeout`
 * milliseconds, so that a hook never waits on an agent that forgot to close the pipe.
 */
export async function readStdin(limit: number, timeout?: number): Promise<Uint8Array | undefined> {
  const reader = Bun.stdin.stream().getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  let timer: Timer | undefined;
  const expired =
    timeout === undefined
      ? undefined
      : new Promise<"expired">((resolve) => {
          timer = setTimeout(() => resolve("expired"), timeout);
        });
  try {
    for (;;) {
      const next = await (expired === undefined
        ? reader.read()
        : Promise.race([reader.read(), expired]));
      if (next === "expired") return undefined;
      if (next.done) return chunks.length === 1 ? chunks[0] : new Uint8Array(Buffer.concat(chunks));
      size += next.value.length;
      if (size > limit) return undefined;
      chunks.push(next.value);
    }
  } finally {
    clearTimeout(timer);
    void reader.cancel();
  }
}
