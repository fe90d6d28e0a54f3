import { isObject } from "../schema/is-object.ts";
import { splitArray, splitObject } from "../schema/raw-json.ts";
import type { Page, PageItem } from "../schema/wire.ts";
import { parseObject } from "./answer.ts";

type SplitPage = Pick<Page, "items" | "maxTimestamp">;

const opening = '{"items":[\n';
const closing = /^\],"max_timestamp":("[^"\\]{1,64}"|null)\}\s*$/;

/** Stands between the items while they are parsed; no service can know it, and so none can bring one of its own. */
const mark = crypto.randomUUID();

/**
 * The items of a page, byte for byte. Undefined where the text is no page. Our service puts each item on a line of
 * its own, so that cutting at line breaks and one parse is all the work; anything else is cut by brackets.
 */
export function splitPage(text: string): SplitPage | undefined {
  return splitLines(text) ?? splitBrackets(text);
}

/**
 * Undefined where the page is laid out in another way. All items are parsed at once, which costs a third of as many
 * parses: each mark that is found between two of them proves that its line break stood between two items.
 */
function splitLines(text: string): SplitPage | undefined {
  if (!text.startsWith(opening)) return undefined;
  const end = text.lastIndexOf("\n");
  const max = closing.exec(text.slice(end + 1))?.[1];
  if (max === undefined || end < opening.length) return undefined;
  const texts = text.slice(opening.length, end).split(",\n");
  // Written so that the whole is put together in one go: each further copy costs as much as a third of the parse.
  const values = parseArray(["[0", ...texts, "0]"].join(`,"${mark}",`));
  if (values?.length !== texts.length * 2 + 3) return undefined;
  const items: PageItem[] = [];
  for (const [at, item] of texts.entries()) {
    const value: unknown = values[at * 2 + 2];
    if (!isObject(value) || values[at * 2 + 3] !== mark) return undefined;
    items.push({ text: item, value });
  }
  return { items, maxTimestamp: JSON.parse(max) as string | null };
}

function parseArray(text: string): unknown[] | undefined {
  try {
    return JSON.parse(text) as unknown[];
  } catch {
    return undefined;
  }
}

function splitBrackets(text: string): SplitPage | undefined {
  const page = parseObject(text);
  const values = page?.["items"];
  if (page === undefined || !Array.isArray(values)) return undefined;
  const texts = splitArray(splitObject(text).get("items") ?? "[]");
  const max = page["max_timestamp"];
  if (max !== null && max !== undefined && typeof max !== "string") return undefined;
  return {
    items: texts.map((item) => ({ text: item, value: parseObject(item) })),
    maxTimestamp: max === undefined || max === "" ? null : max,
  };
}
