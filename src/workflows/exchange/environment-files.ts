import { type Dirent, readdirSync } from "node:fs";
import { join } from "node:path";

/** Files that show what to fill in. */
const templates = /\.(?:example|sample|template|dist)$/;
/** What others wrote or a build made; such directories are large. */
const passedOver = /^(?:\..*|node_modules|vendor|target|dist|build|out|venv|__pycache__)$/;
/** Packages of a repository lie so deep at most: `packages/<group>/<name>`. */
const deepest = 3;
const mostDirectories = 1000;

/**
 * The `.env` files of a repository: at its root and in its packages' directories, breadth first. No link is followed,
 * and of a very large repository only so many directories are looked into.
 */
export function environmentFiles(root: string): string[] {
  const found: string[] = [];
  let level = [root];
  let seen = 0;
  for (let depth = 0; depth <= deepest && level.length > 0; depth++) {
    const below: string[] = [];
    for (const directory of level) {
      if (++seen > mostDirectories) return found;
      for (const entry of entriesOf(directory)) {
        const { name } = entry;
        if (entry.isDirectory()) {
          if (!passedOver.test(name)) below.push(join(directory, name));
        } else if (/^\.env(?:\.|$)/.test(name) && !templates.test(name)) {
          found.push(join(directory, name));
        }
      }
    }
    level = below;
  }
  return found;
}

function entriesOf(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}
