import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { access, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { SegmentStore } from "./segment-store.ts";

/** An upload that no byte has reached for this long belongs to a process that is gone. */
const abandonedAfter = 60 * 60 * 1000;
/** Names are ours: a digest, and for newer ones a suffix. */
const namePattern = /^[0-9a-f]{64}(?:\.[0-9a-f]{16})?$/;

/** Segments as files, `<directory>/<first two digits>/<name>`. */
export function openFileSegments(directory: string): SegmentStore {
  const uploads = join(directory, "uploads");
  mkdirSync(uploads, { recursive: true, mode: 0o700 });
  removeAbandoned(uploads);
  const pathOf = (name: string): string => join(directory, name.slice(0, 2), name);
  return {
    async put(name, bytes) {
      const temporary = join(uploads, crypto.randomUUID());
      try {
        const file = await open(temporary, "wx", 0o600);
        try {
          for (let written = 0; written < bytes.length;) {
            written += (await file.write(bytes, written)).bytesWritten;
          }
          await file.sync();
        } finally {
          await file.close();
        }
        const path = pathOf(name);
        if ((await mkdir(dirname(path), { recursive: true, mode: 0o700 })) !== undefined) {
          await syncDirectory(directory);
        }
        await rename(temporary, path);
        await syncDirectory(dirname(path));
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },
    async read(name, from) {
      const file = Bun.file(pathOf(name));
      return (await file.exists()) ? file.slice(from).stream() : undefined;
    },
    async lost(names) {
      const gone = await Promise.all(
        names.map((name) =>
          access(pathOf(name)).then(
            () => undefined,
            () => name,
          ),
        ),
      );
      return new Set(gone.filter((name) => name !== undefined));
    },
    async delete(name) {
      await rm(pathOf(name), { force: true });
    },
    async *list() {
      for (const folder of await readdir(directory)) {
        if (!/^[0-9a-f]{2}$/.test(folder)) continue;
        for (const name of await readdir(join(directory, folder))) {
          if (!namePattern.test(name)) continue;
          const found = await stat(join(directory, folder, name)).catch(() => undefined);
          if (found !== undefined) yield { name, at: found.mtimeMs };
        }
      }
    },
    async ping() {
      const path = join(uploads, crypto.randomUUID());
      try {
        await Bun.write(path, "ping");
        const { size } = await stat(path);
        if (size !== 4) throw Object.assign(new Error("no space left"), { code: "ENOSPC" });
      } finally {
        await rm(path, { force: true });
      }
    },
  };
}

async function syncDirectory(path: string): Promise<void> {
  // Windows cannot open one; there a rename is as durable as the system makes it.
  if (process.platform === "win32") return;
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function removeAbandoned(uploads: string): void {
  const oldest = Date.now() - abandonedAfter;
  for (const name of readdirSync(uploads)) {
    const path = join(uploads, name);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found !== undefined && found.mtimeMs < oldest) rmSync(path, { force: true });
  }
}
