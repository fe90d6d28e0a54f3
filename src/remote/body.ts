import { AppError } from "../errors.ts";
import { countSpent } from "./spent-chunks.ts";

export interface BodyWatch {
  onBytes(bytes: number): void;
  /** Told why the body could not be sent whole. `fetch` itself says only that it was not. */
  onFailure(error: Error): void;
}

/** A request's body. It is made anew for each attempt, since a stream can be read only once. */
export interface Body {
  readonly contentType: string;
  readonly contentEncoding?: "zstd" | "gzip";
  /** Bytes on the wire. Undefined where they are known only at the end, as of a compressed stream. */
  readonly length: number | undefined;
  open(watch: BodyWatch): Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
}

/** A smaller body fits into as many packets without compression. */
const worthCompressing = 1024;

/** Level 3 gives most of what zstd can at more than a gigabyte a second. */
const zstdLevel = 3;

/** JSON text as a body, compressed where `encoding` is given and it pays. */
export function jsonBody(text: string, encoding?: "zstd" | "gzip"): Body {
  const plain = new TextEncoder().encode(text);
  const small = plain.length < worthCompressing;
  const bytes =
    encoding === undefined || small
      ? plain
      : new Uint8Array(
          encoding === "zstd"
            ? Bun.zstdCompressSync(plain, { level: zstdLevel })
            : Bun.gzipSync(plain),
        );
  return {
    contentType: "application/json",
    ...(encoding === undefined || small ? {} : { contentEncoding: encoding }),
    length: bytes.length,
    open: (watch) => {
      watch.onBytes(bytes.length);
      return bytes;
    },
  };
}

/** A file streamed in constant memory. Fails with `transcript_changed` where the file is no longer as long as it was when asked. */
export function fileBody(file: Blob, encoding?: "zstd" | "gzip"): Body {
  return {
    contentType: "application/octet-stream",
    ...(encoding === undefined ? {} : { contentEncoding: encoding }),
    length: encoding === undefined ? file.size : undefined,
    open(watch) {
      const { onBytes, onFailure } = watch;
      const exact = readExactly(
        file,
        encoding === undefined ? watch : { onFailure, onBytes: () => {} },
      );
      if (encoding === undefined) return exact;
      const squeeze = new CompressionStream(encoding);
      return exact
        .pipeThrough(squeeze as unknown as ReadableWritablePair<Uint8Array, Uint8Array>)
        .pipeThrough(
          new TransformStream<Uint8Array, Uint8Array>({
            transform(chunk, controller) {
              onBytes(chunk.length);
              controller.enqueue(chunk);
            },
          }),
        );
    },
  };
}

function readExactly(
  file: Blob,
  { onBytes, onFailure }: BodyWatch,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let left = file.size;
  const spent = countSpent();
  let source: AsyncIterator<Uint8Array<ArrayBuffer>> | undefined;
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        source ??= file.stream()[Symbol.asyncIterator]();
        const { done, value } = await source.next();
        if (done === true || value.length > left) {
          if (left === 0 && done === true) return controller.close();
          // We have announced a length. Fewer bytes would hang this request, more would garble the next one.
          const failure = new AppError("failed", "a transcript changed while it was being sent", {
            hint: "run the command again",
            label: "transcript_changed",
          });
          onFailure(failure);
          return controller.error(failure);
        }
        left -= value.length;
        spent(value.length);
        onBytes(value.length);
        controller.enqueue(value);
      },
      cancel: async () => void (await source?.return?.()),
    },
    { highWaterMark: 0 },
  );
}
