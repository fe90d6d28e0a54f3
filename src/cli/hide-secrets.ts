import { readFileSync } from "node:fs";

/** The word behind each of these is a secret. */
const before = new Set(["--token", "globaluser", "global.auth-token"]);

/** Whether a command line holds a secret: asked of every one, so it costs next to nothing. */
export function secretsOf(argv: readonly string[]): string[] {
  const found: string[] = [];
  argv.forEach((word, at) => {
    if (word.startsWith("--token=")) found.push(word.slice("--token=".length));
    // Of an address with a password: both names, as either may be short.
    const login = /:\/\/([^/@\s]+:[^/@\s]+)@/.exec(word)?.[1];
    if (login !== undefined) found.push(login);
    if (before.has(word)) found.push(argv[at + 1] ?? "");
  });
  // Shorter ones are none, and might be part of any other word.
  return found.filter((secret) => secret.length >= 8 && !secret.startsWith("--"));
}

/**
 * Writes stars over secrets in the memory where the kernel keeps this process's arguments, which every user of the
 * machine can read for as long as it runs. Only Linux says where that is; whatever is not as expected is left alone.
 */
export async function hideSecrets(secrets: readonly string[]): Promise<void> {
  try {
    const stat = readFileSync("/proc/self/stat", "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [start, end] = [Number(fields[45]), Number(fields[46])];
    const shown = readFileSync("/proc/self/cmdline");
    if (!(start > 0) || end - start !== shown.length) return;
    const { toArrayBuffer } = await import("bun:ffi");
    const own = Buffer.from(
      toArrayBuffer(start as Parameters<typeof toArrayBuffer>[0], 0, end - start),
    );
    if (!own.equals(shown)) return;
    for (const secret of secrets) {
      const bytes = Buffer.from(secret);
      for (let at = own.indexOf(bytes); at >= 0; at = own.indexOf(bytes, at + bytes.length)) {
        own.fill("*", at, at + bytes.length);
      }
    }
  } catch {
    // Another system, or one that shows nothing of its processes.
  }
}
