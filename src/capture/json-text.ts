import {
  type JSONPath,
  type Node,
  type ParseError,
  findNodeAtLocation,
  getNodeValue,
  parseTree,
} from "jsonc-parser";

/**
 * Edits of JSON text that leave every byte alone but those they add or take away: comments, layout and order belong
 * to the person whose file it is. Paths are those of `jsonc-parser`: keys and places.
 */
export class JsonText {
  #text: string;
  #root: Node | undefined;

  /** Undefined where the text is no JSON; comments and trailing commas are forgiven. */
  static parse(text: string): JsonText | undefined {
    const errors: ParseError[] = [];
    const root = parseTree(text, errors, { allowTrailingComma: true });
    return root === undefined || errors.length > 0 ? undefined : new JsonText(text, root);
  }

  private constructor(text: string, root: Node) {
    this.#text = text;
    this.#root = root;
  }

  toString(): string {
    return this.#text;
  }

  /** The value at a path, the whole without one; undefined where there is none. */
  value(path: JSONPath = []): unknown {
    const node = this.#find(path);
    return node === undefined ? undefined : getNodeValue(node);
  }

  /** Puts another text in a string's place. */
  replaceString(path: JSONPath, value: string): void {
    const node = this.#find(path);
    if (node === undefined || getNodeValue(node) === value) return;
    this.#splice(node.offset, node.length, JSON.stringify(value));
  }

  /**
   * Adds to the end of the object or list at a path: to an object under `key`, to a list without one. In one that is
   * empty it stands on one line behind a single blank, by which `remove` knows what was there before.
   */
  append(path: JSONPath, value: unknown, key?: string): void {
    const container = this.#find(path);
    if (container === undefined) return;
    const last = container.children?.at(-1);
    const first = container.children?.[0];
    const written = (unit: string | undefined): string =>
      `${key === undefined ? "" : `${JSON.stringify(key)}:${unit === undefined ? "" : " "}`}${JSON.stringify(value, undefined, unit)}`;
    const eol = this.#text.includes("\r\n") ? "\r\n" : "\n";
    const unit = /\n([ \t]+)\S/.exec(this.#text)?.[1] ?? "  ";
    const opening = container.offset + 1;
    if (last !== undefined && first !== undefined) {
      const end = last.offset + last.length;
      const isOneLine = !this.#text.slice(opening, first.offset).includes("\n");
      const indent = this.#indentAt(first.offset);
      this.#splice(
        end,
        0,
        isOneLine
          ? `, ${written(undefined)}`
          : `,${eol}${indent}${written(unit).replaceAll("\n", `${eol}${indent}`)}`,
      );
      return;
    }
    this.#splice(opening, 0, ` ${written(undefined)}`);
  }

  /** Whether a member is all that stands in its object or list, and `append` found that one empty. */
  isGuest(path: JSONPath): boolean {
    const value = this.#find(path);
    const node = value?.parent?.type === "property" ? value.parent : value;
    const container = node?.parent;
    if (node === undefined || container?.children?.length !== 1) return false;
    return this.#text.slice(container.offset + 1, node.offset) === " ";
  }

  /** Takes a member out, and the comma that its going makes superfluous; comments stay. */
  remove(path: JSONPath): void {
    const value = this.#find(path);
    const node = value?.parent?.type === "property" ? value.parent : value;
    const siblings = node?.parent?.children;
    if (node === undefined || siblings === undefined) return;
    const place = siblings.indexOf(node);
    const before = siblings[place - 1];
    const after = siblings[place + 1];
    const end = node.offset + node.length;
    if (before !== undefined) this.#cut(before.offset + before.length, node.offset, end);
    else if (after !== undefined) this.#splice(node.offset, after.offset - node.offset, "");
    else {
      const container = node.parent as Node;
      const start = container.offset + 1;
      const length = this.isGuest(path) ? end - start : container.length - 2;
      this.#splice(start, length, "");
    }
  }

  /** Removes the comma that follows `from` and the node that stands from `start` to `end`. */
  #cut(from: number, start: number, end: number): void {
    const gap = this.#text.slice(from, start);
    const bare = gap.replace(/\/\/[^\n]*|\/\*[^]*?\*\//g, (comment) => "/".repeat(comment.length));
    const comma = bare.indexOf(",");
    const kept = bare.includes("/") ? gap.slice(0, comma) + gap.slice(comma + 1) : "";
    this.#splice(from, end - from, kept);
  }

  #find(path: JSONPath): Node | undefined {
    return this.#root === undefined ? undefined : findNodeAtLocation(this.#root, path);
  }

  /** The blanks that the line of this place begins with. */
  #indentAt(offset: number): string {
    const start = this.#text.lastIndexOf("\n", offset - 1) + 1;
    return /^[ \t]*/.exec(this.#text.slice(start, offset))?.[0] ?? "";
  }

  #splice(offset: number, length: number, insert: string): void {
    this.#text = this.#text.slice(0, offset) + insert + this.#text.slice(offset + length);
    this.#root = parseTree(this.#text, [], { allowTrailingComma: true });
  }
}
