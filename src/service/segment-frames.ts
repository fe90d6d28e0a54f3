/** Plain bytes of a frame; all of a segment's frames but the last have just as many. */
const frameBytes = 1024 * 1024;
/** Before each frame stands how long it is. */
const headBytes = 4;

/**
 * A segment at rest: frames of zstd, each of which can be read by itself. So a reader holds one frame at a time, and
 * one that begins in the middle skips what lies before.
 */
export async function packSegment(bytes: Uint8Array): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += frameBytes) {
    const plain = bytes.subarray(at, at + frameBytes) as Uint8Array<ArrayBuffer>;
    const frame = await Bun.zstdCompress(plain, { level: 3 });
    const head = new Uint8Array(headBytes);
    new DataView(head.buffer).setUint32(0, frame.length);
    pieces.push(head, frame);
  }
  return Buffer.concat(pieces);
}

/** The plain bytes of a packed segment from `from` on. Throws where the stream holds something else. */
export async function* unpackSegment(
  packed: ReadableStream<Uint8Array>,
  from: number,
): AsyncGenerator<Uint8Array> {
  const source = reader(packed);
  try {
    for (let at = 0; ; at += frameBytes) {
      const head = await source.take(headBytes);
      if (head === undefined) return;
      const length = new DataView(head.buffer, head.byteOffset).getUint32(0);
      if (length > 2 * frameBytes) throw new Error("a segment is damaged");
      const frame = await source.take(length);
      if (frame === undefined) throw new Error("a segment ends too early");
      if (at + frameBytes <= from) continue;
      const plain = await Bun.zstdDecompress(frame as Uint8Array<ArrayBuffer>);
      yield at < from ? plain.subarray(from - at) : plain;
    }
  } finally {
    await source.cancel();
  }
}

function reader(stream: ReadableStream<Uint8Array>): {
  /** So many bytes, copied; undefined at the end. */
  take(count: number): Promise<Uint8Array | undefined>;
  cancel(): Promise<void>;
} {
  const source = stream.getReader();
  let chunk = new Uint8Array();
  return {
    async take(count) {
      const taken = new Uint8Array(count);
      for (let filled = 0; filled < count;) {
        if (chunk.length === 0) {
          const { done, value } = await source.read();
          if (done) {
            if (filled === 0) return undefined;
            throw new Error("a segment ends too early");
          }
          chunk = value as Uint8Array<ArrayBuffer>;
        }
        const part = chunk.subarray(0, count - filled);
        taken.set(part, filled);
        filled += part.length;
        chunk = chunk.subarray(part.length);
      }
      return taken;
    },
    async cancel() {
      await source.cancel().catch(() => {});
    },
  };
}
