/** Everything that a person or a script sees goes through this folder: streams, colour, help, progress, wording. */
import { writeSync } from "node:fs";
import { AppError, systemCode } from "../errors.ts";

/** Where text goes. Tests give one over a string. */
export interface Sink {
  readonly isTerminal: boolean;
  readonly columns: number | undefined;
  write(content: string | Uint8Array): void;
}

/** Thrown when the reader has gone, as with `| head`. That is no failure, and nobody is left to tell. */
export class OutputClosed extends Error {
  override readonly name = "OutputClosed";
}

const pause = new Int32Array(new SharedArrayBuffer(4));

/**
 * A sink over a file descriptor. `stream` is called only when somebody asks whether it is a terminal, since making a
 * stream costs milliseconds. `process.stdout.write` loses output when the process ends. So this writes synchronously,
 * and handles short writes, EAGAIN (a pipe that is full), EPIPE and a full disk.
 */
export function openSink(
  descriptor: number,
  stream: () => { isTTY?: boolean; columns?: number },
): Sink {
  return {
    get isTerminal() {
      return stream().isTTY === true;
    },
    get columns() {
      return stream().columns || undefined;
    },
    write(content) {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      for (let written = 0; written < bytes.length;) {
        try {
          written += writeSync(descriptor, bytes, written);
        } catch (error) {
          const code = systemCode(error);
          if (code === "EAGAIN") Atomics.wait(pause, 0, 0, 2);
          else if (code === "EPIPE" || code === "EBADF") throw new OutputClosed();
          else if (code === "ENOSPC" || code === "EDQUOT") {
            throw new AppError(
              "disk_full",
              "cannot write the output: no space left on the device",
              {
                cause: error,
              },
            );
          } else if (code !== "EINTR") {
            throw new AppError("failed", `cannot write the output (${code ?? "unknown cause"})`, {
              cause: error,
            });
          }
        }
      }
    },
  };
}
