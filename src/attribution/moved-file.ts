import { splitLines } from "./lines.ts";

/** Files that are gone, to be found again by their lines. */
export interface GoneFiles {
  readonly size: number;
  /** The one of which most lines are among these, and these among its; undefined where it is not more than half. */
  find(lines: ReadonlySet<string>): string | undefined;
}

export const noGoneFiles: GoneFiles = { size: 0, find: () => undefined };

/** A line that stands in so many files tells none from the others. */
const frequent = 50;

/** Looks each line up once: a thousand files that moved are not compared with a thousand new ones, pair by pair. */
export function goneFiles(
  files: Iterable<{ readonly path: string; readonly text: string }>,
): GoneFiles {
  const sizes = new Map<string, number>();
  const places = new Map<string, string[]>();
  for (const { path, text } of files) {
    const lines = new Set(splitLines(text));
    sizes.set(path, lines.size);
    for (const line of lines) {
      const known = places.get(line);
      if (known === undefined) places.set(line, [path]);
      else if (known.length < frequent) known.push(path);
    }
  }
  if (sizes.size === 0) return noGoneFiles;
  return {
    size: sizes.size,
    find(lines) {
      const shared = new Map<string, number>();
      for (const line of lines) {
        for (const path of places.get(line) ?? []) shared.set(path, (shared.get(path) ?? 0) + 1);
      }
      let best: { readonly path: string; readonly share: number } | undefined;
      for (const [path, count] of shared) {
        const share = count / Math.max(sizes.get(path) ?? 0, lines.size, 1);
        if (share > 0.5 && share > (best?.share ?? 0)) best = { path, share };
      }
      return best?.path;
    },
  };
}
