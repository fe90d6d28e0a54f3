import { cpSync, lstatSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CliOptions } from "./cli.ts";
import { temporaryDirectory } from "./directories.ts";

/** A scene with more than this is made for something else than its hints. */
const mostBytes = 4 * 1024 * 1024;

/** Bytes below a directory; infinite where something in it cannot be copied. */
function sizeOf(directory: string): number {
  let bytes = 0;
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    const stats = lstatSync(path);
    if (stats.isDirectory()) bytes += sizeOf(path);
    else if (stats.isFile() || stats.isSymbolicLink()) bytes += stats.size;
    else return Infinity;
    if (bytes > mostBytes) return Infinity;
  }
  return bytes;
}

/** The repository around a directory; undefined where it is none, or shares its `.git` with another one. */
function repositoryOf(directory: string): string | undefined {
  for (let at = directory; ; at = dirname(at)) {
    const stats = lstatSync(join(at, ".git"), { throwIfNoEntry: false });
    if (stats !== undefined) return stats.isDirectory() ? at : undefined;
    if (at === dirname(at)) return undefined;
  }
}

/**
 * Types a command over copies of a scene's home and repository, so that nothing it does is seen in the scene. Undefined
 * where they cannot be copied, or hold so much that it would take its time.
 */
export async function inCopy<T>(
  argv: readonly string[],
  options: CliOptions,
  type: (argv: readonly string[], options: CliOptions) => Promise<T>,
): Promise<T | undefined> {
  const { home, cwd } = options;
  const repository = cwd === undefined ? undefined : repositoryOf(cwd);
  if (home === undefined || repository === undefined) return undefined;
  using directory = temporaryDirectory();
  const moved: [from: string, to: string][] = [];
  try {
    for (const [name, from] of Object.entries({ home, repository })) {
      if (sizeOf(from) === Infinity) return undefined;
      const to = join(directory.path, name);
      mkdirSync(to);
      cpSync(from, to, { recursive: true, verbatimSymlinks: true });
      moved.push([from, to]);
    }
  } catch {
    // What the scene lets nobody read.
    return undefined;
  }
  // A repository may lie in the home, or the home in it: the longer path first.
  moved.sort(([one], [other]) => other.length - one.length);
  const move = (text: string): string =>
    moved.reduce((rest, [from, to]) => rest.replaceAll(from, to), text);
  const environment = Object.fromEntries(
    Object.entries(options.environment ?? {}).map(([name, value]) => [
      name,
      value === undefined ? undefined : move(value),
    ]),
  );
  return await type(argv.map(move), {
    ...options,
    home: move(home),
    cwd: move(cwd ?? repository),
    environment,
    signal: AbortSignal.timeout(10_000),
  });
}
