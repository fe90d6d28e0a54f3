/** An answer is put together here: its chunks are held once. */
export interface AnswerBuffer extends Disposable {
  readonly size: number;
  add(chunk: Uint8Array): void;
  /** Good until the buffer is disposed of. */
  bytes(): Buffer;
}

const leastBytes = 64 * 1024;
/** A larger one is given back: few answers need it. */
const mostKept = 4 * 1024 * 1024;

/** Used again for each answer: fresh memory for each costs more than its decoding. */
let spare: Buffer | undefined;

export function takeBuffer(): AnswerBuffer {
  let content = spare ?? Buffer.allocUnsafeSlow(leastBytes);
  let size = 0;
  spare = undefined;
  return {
    get size() {
      return size;
    },
    add(chunk) {
      if (size + chunk.length > content.length) {
        const larger = Buffer.allocUnsafeSlow(Math.max(2 * content.length, size + chunk.length));
        larger.set(content.subarray(0, size));
        content = larger;
      }
      content.set(chunk, size);
      size += chunk.length;
    },
    bytes: () => content.subarray(0, size),
    [Symbol.dispose]() {
      if (content.length <= mostKept && content.length > (spare?.length ?? 0)) spare = content;
    },
  };
}
