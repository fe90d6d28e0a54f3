import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { systemCode } from "../../errors.ts";
import { diskFailure } from "./disk-failure.ts";
import { createPrivateFile, makePrivateDirectory } from "./private-files.ts";

/** Makes a rename survive a power cut. Systems that cannot open a directory do not need this. */
export function syncDirectory(path: string): void {
  if (process.platform === "win32") return;
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function writeTemporary(path: string, content: Uint8Array, durable: boolean): void {
  const descriptor = createPrivateFile(path);
  try {
    let written = 0;
    while (written < content.length) written += writeSync(descriptor, content, written);
    if (durable) fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Gives a file another content, whole or not at all. The caller holds the file's lock. The temporary name is always the
 * same, so that the next writer takes away what a kill has left. Without `durable` a power cut may lose the file; a
 * kill never does.
 */
export function replaceFile(
  path: string,
  content: string | Uint8Array,
  options: { readonly durable: boolean } = { durable: true },
): void {
  const temporary = `${path}.tmp`;
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  const write = (): void => writeTemporary(temporary, bytes, options.durable);
  try {
    try {
      write();
    } catch (error) {
      const code = systemCode(error);
      if (code === "EEXIST") rmSync(temporary, { force: true });
      else if (code === "ENOENT") makePrivateDirectory(dirname(path));
      else throw error;
      write();
    }
    renameSync(temporary, path);
    if (options.durable) syncDirectory(dirname(path));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw diskFailure(error, "write", path);
  }
}
