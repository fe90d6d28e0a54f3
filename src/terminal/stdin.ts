import { readSync } from "node:fs";
import { systemCode } from "../errors.ts";
import { EINTR, type Libc, libc } from "../libc.ts";

/**
 * Reads standard input to its end. Undefined where it holds more than `limit` bytes, or does not end within `timeout`
 * milliseconds: an agent may forget to close the pipe, and its hook must not wait.
 */
export async function readStdin(limit: number, timeout?: number): Promise<Uint8Array | undefined> {
  const library = timeout === undefined ? undefined : libc();
  if (library !== undefined && timeout !== undefined) {
    return readPolled(library, { limit, timeout });
  }
  return await readStream(limit, timeout);
}

const POLLIN = 1;
const chunkBytes = 64 * 1024;

/** As `readStdin`, without the event loop: making a stream takes half a millisecond of each hook. */
function readPolled(
  library: Libc,
  { limit, timeout }: { limit: number; timeout: number },
): Uint8Array | undefined {
  const deadline = performance.now() + timeout;
  const fds = new Int32Array([0, POLLIN]);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const left = Math.ceil(deadline - performance.now());
    const ready = left > 0 ? library.poll(fds, 1, left) : 0;
    if (ready < 0 && library.errorNumber() === EINTR) continue;
    if (ready <= 0) return undefined;
    const chunk = Buffer.allocUnsafe(chunkBytes);
    const read = readNow(chunk);
    if (read === undefined) continue;
    if (read === 0) return chunks.length === 1 ? chunks[0] : new Uint8Array(Buffer.concat(chunks));
    size += read;
    if (size > limit) return undefined;
    chunks.push(chunk.subarray(0, read));
  }
}

/** Reads what is there now. Undefined where a pipe that does not block has nothing. */
function readNow(chunk: Uint8Array): number | undefined {
  try {
    return readSync(0, chunk);
  } catch (error) {
    const code = systemCode(error);
    if (code === "EAGAIN" || code === "EINTR") return undefined;
    throw error;
  }
}

async function readStream(limit: number, timeout?: number): Promise<Uint8Array | undefined> {
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
