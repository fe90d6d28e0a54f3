import { findRepository } from "../../../src/git/find-repository.ts";
import { type Objects, openObjectsLate } from "../../../src/git/open-objects.ts";
import { type Line, parseLines } from "./line.ts";

/** What the shadow's commits hold, read by one git process. */
export class Shadow implements AsyncDisposable {
  readonly #root: string;
  readonly #environment: Record<string, string>;
  readonly #blobs = new Map<string, Line[]>();
  #objects: Objects | undefined;

  constructor(root: string, environment: Record<string, string>) {
    this.#root = root;
    this.#environment = environment;
  }

  #read(name: string) {
    const repository = findRepository(this.#root);
    if (repository === undefined) throw new Error("the shadow is no repository");
    this.#objects ??= openObjectsLate({ repository, environment: this.#environment });
    return this.#objects.read(name);
  }

  /** The lines of a file such as `HEAD:go/base.go`; undefined where there is none. */
  async file(name: string): Promise<Line[] | undefined> {
    const blob = await this.#read(name);
    if (blob === undefined) return undefined;
    const known = this.#blobs.get(blob.id);
    if (known !== undefined) return known;
    const lines = parseLines(new TextDecoder().decode(blob.content));
    this.#blobs.set(blob.id, lines);
    return lines;
  }

  /** The ids of all lines that a commit has, in whatever file; none where there is no such commit. */
  async idsIn(revision: string): Promise<Set<number>> {
    const ids = new Set<number>();
    const walk = async (name: string): Promise<void> => {
      const tree = await this.#read(name);
      for (const { id, isTree } of tree === undefined ? [] : entriesOf(tree.content)) {
        if (isTree) await walk(id);
        else for (const line of (await this.file(id)) ?? []) ids.add(line.id);
      }
    };
    await walk(`${revision}^{tree}`);
    return ids;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#objects?.[Symbol.asyncDispose]();
  }
}

/** A tree as git stores it: mode, blank, name, NUL, and the id's bytes. */
function entriesOf(tree: Uint8Array): { id: string; isTree: boolean }[] {
  const entries: { id: string; isTree: boolean }[] = [];
  const bytes = Buffer.from(tree);
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(0, at);
    entries.push({
      id: bytes.toString("hex", end + 1, end + 21),
      isTree: bytes.toString("latin1", at, at + 5) === "40000",
    });
    at = end + 21;
  }
  return entries;
}
