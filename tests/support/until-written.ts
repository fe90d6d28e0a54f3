import { existsSync, mkdirSync, readFileSync, watch } from "node:fs";
import { basename, dirname } from "node:path";

/** Waits until another process has written a file so that its text fits; gives the text. */
export async function untilWritten(path: string, fits: (text: string) => boolean): Promise<string> {
  const directory = dirname(path);
  mkdirSync(directory, { recursive: true });
  const changed = Promise.withResolvers<string>();
  const look = (): void => {
    const text = existsSync(path) ? readFileSync(path, "utf8") : "";
    if (fits(text)) changed.resolve(text);
  };
  const watcher = watch(directory, (_, name) => {
    if (name === null || name === basename(path)) look();
  });
  try {
    look();
    return await changed.promise;
  } finally {
    watcher.close();
  }
}
