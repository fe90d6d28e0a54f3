import { readPlainTrace } from "../schema/plain-trace.ts";
import { splitArray, splitObject, toSingleLine } from "../schema/raw-json.ts";
import { deepest, mostItems, tooDeep, tooMany } from "./batch-shape.ts";
import { badRequest, invalidJson } from "../http/http-error.ts";

/** The value says what an item is (of a trace what `readPlainTrace` gives), the text, on one line, is what is kept. */
export interface Item {
  readonly value: unknown;
  readonly text: string;
}

/** A batch taken apart. `items` throws 400 or 413 where it has none, too many, or one that is too deep. */
export interface Batch {
  readonly projectId: unknown;
  items(): Item[];
}

/** Takes the body of a POST apart. Throws 400 where it is no JSON. */
export function openBatch(text: string): Batch {
  return readLines(text) ?? readWhole(text);
}

/** A longer first line is none of our client's. */
const longestFirst = 4096;
const firstLine = /^\{"project_id":("(?:[^"\\]|\\.)*"),"items":\[$/;

/**
 * A batch as our client writes it: the items stand on lines of their own between a first and a last line that hold
 * nothing else. As each line is an object by itself, the lines together can be no other batch than these items, so
 * nothing need be looked for twice. Undefined for any other body, valid or not.
 */
function readLines(text: string): Batch | undefined {
  const start = text.indexOf("\n");
  if (start < 0 || start > longestFirst) return undefined;
  const project = firstLine.exec(text.slice(0, start))?.[1];
  if (project === undefined || !text.endsWith("\n]}")) return undefined;
  const last = text.length - "\n]}".length;
  const items: Item[] = [];
  for (let at = start + 1, end; at <= last; at = end + 1) {
    end = text.indexOf("\n", at);
    // A comma behind each but the last: this is what joins lines to a list.
    if (end < last && text[end - 1] !== ",") return undefined;
    const line = text.slice(at, end < last ? end - 1 : end);
    const plain = readPlainTrace(line);
    if (plain === undefined && (!line.startsWith("{") || !line.endsWith("}") || holdsMany(line))) {
      return undefined;
    }
    const value = plain ?? parse(line);
    if (value === undefined) return undefined;
    items.push({ value, text: plain === undefined ? toSingleLine(line) : line });
  }
  const projectId = parse(project);
  return projectId === undefined ? undefined : { projectId, items: () => checkCount(items) };
}

/** Any other body: the texts of its items are cut out of what is valid as a whole. */
function readWhole(text: string): Batch {
  const value = parse(text);
  if (value === undefined) throw invalidJson();
  const { project_id: projectId, items } = (value ?? {}) as Record<string, unknown>;
  return {
    projectId,
    items() {
      // As the services in the field have it: a batch without items holds none.
      if (items === undefined) return [];
      if (!Array.isArray(items)) throw badRequest("invalid_items", "`items` must be an array");
      const texts = splitItems(text, checkCount(items));
      return items.map((item: unknown, at) => ({
        value: item,
        text: toSingleLine(texts[at] ?? ""),
      }));
    },
  };
}

function splitItems(text: string, { length }: readonly unknown[]): string[] {
  let texts: string[];
  try {
    texts = splitArray(splitObject(text).get("items") ?? "[]", { deepest });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw tooDeep();
  }
  if (texts.length !== length) throw new Error("the items' texts are not those of the items");
  return texts;
}

function checkCount<T>(items: T[]): T[] {
  if (items.length > mostItems) throw tooMany();
  return items;
}

/** Whether a text opens more brackets than a value may be deep; where not, it cannot be too deep. */
function holdsMany(text: string): boolean {
  let count = 0;
  for (const bracket of ["{", "["]) {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) {
      if (++count > deepest) return true;
    }
  }
  return false;
}

/** Undefined where the text is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
