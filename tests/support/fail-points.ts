import { Glob } from "bun";
import { join } from "node:path";

const source = join(import.meta.dir, "../../src");

/** The names of all places in the source where a kill is tried. */
export async function failPoints(): Promise<string[]> {
  const names = new Set<string>();
  for await (const file of new Glob("**/*.ts").scan(source)) {
    const text = await Bun.file(join(source, file)).text();
    for (const [, name = ""] of text.matchAll(/globalThis\.failPoint\?\.\("([^"]+)"\)/g))
      names.add(name);
  }
  return [...names].toSorted();
}
