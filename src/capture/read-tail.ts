import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import type { EventOrigin } from "./agent-reader.ts";
import { qualifyModel } from "./model-name.ts";
import { type Payload, asObject, nameField } from "./payload.ts";

/** The last bytes of a regular file; empty where there is none. A named pipe must not make a hook wait. */
export function readTail(path: string, size: number): string {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) return "";
    const length = Math.min(size, stats.size);
    const bytes = Buffer.allocUnsafe(length);
    const read = readSync(descriptor, bytes, 0, length, stats.size - length);
    return bytes.toString("utf8", 0, read);
  } catch {
    return "";
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** The rows of JSON lines from the last to the first, of those that hold all of these pieces of text. */
export function* rowsBackward(text: string, ...pieces: readonly string[]): Generator<Payload> {
  let end = text.length;
  while (end > 0) {
    const start = text.lastIndexOf("\n", end - 1) + 1;
    const line = text.slice(start, end);
    end = start - 1;
    if (!pieces.every((piece) => line.includes(piece))) continue;
    let row;
    try {
      row = asObject(JSON.parse(line));
    } catch {
      continue; // the first line may be cut, and the last one still being written
    }
    if (row !== undefined) yield row;
  }
}

/** How much of a transcript's end is read for a model: first this, and once more than this. */
const tails = [64 * 1024, 1024 * 1024];

/** The model that a transcript's newest row names, at the top of the row or within its message. */
export function readNewestModel(transcriptPath: string | undefined): EventOrigin {
  if (transcriptPath !== undefined) {
    for (const size of tails) {
      for (const row of rowsBackward(readTail(transcriptPath, size), '"model"')) {
        const model =
          nameField(row, "model", "modelId", "model_id") ??
          nameField(asObject(row["message"]), "model") ??
          nameField(asObject(row["data"]), "model") ??
          nameField(asObject(row["payload"]), "model");
        if (model !== undefined) return { model: qualifyModel(model), version: undefined };
      }
    }
  }
  return { model: undefined, version: undefined };
}
