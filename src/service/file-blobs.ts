import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { systemCode } from "../errors.ts";
import { type BlobId, parseBlobId } from "../schema/ids.ts";
import type { BlobStore } from "./blob-store.ts";

/** An upload that no byte has reached for this long belongs to a process that is gone. */
const abandonedAfter = 60 * 60 * 1000;

/** Blobs as files, `<directory>/<first two digits>/<sha256>`. */
export function openFileBlobs(directory: string): BlobStore {
  const uploads = join(directory, "uploads");
  mkdirSync(uploads, { recursive: true, mode: 0o700 });
  removeAbandoned(uploads);
  const pathOf = (id: BlobId): string => join(directory, id.slice(0, 2), id);
  return {
    async write(content) {
      const temporary = join(uploads, crypto.randomUUID());
      const hasher = new Bun.CryptoHasher("sha256");
      let size = 0;
      try {
        const file = await open(temporary, "wx", 0o600);
        try {
          for await (const chunk of content) {
            hasher.update(chunk);
            size += chunk.length;
            for (let written = 0; written < chunk.length;) {
              written += (await file.write(chunk, written)).bytesWritten;
            }
          }
          await file.sync();
        } finally {
          await file.close();
        }
        const id = parseBlobId(hasher.digest("hex"));
        const path = pathOf(id);
        if ((await mkdir(dirname(path), { recursive: true, mode: 0o700 })) !== undefined) {
          await syncDirectory(directory);
        }
        await rename(temporary, path);
        await syncDirectory(dirname(path));
        return { id, size };
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },
    async size(id) {
      try {
        return (await stat(pathOf(id))).size;
      } catch (error) {
        if (systemCode(error) === "ENOENT") return undefined;
        throw error;
      }
    },
    async open(id) {
      const file = Bun.file(pathOf(id));
      // A slice has no name, which would otherwise be sent along.
      return (await file.exists()) ? file.slice(0, file.size) : undefined;
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
    if ((statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? oldest) < oldest) {
      rmSync(path, { force: true });
    }
  }
}
