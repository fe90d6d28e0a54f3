import { isObject } from "../schema/is-object.ts";
import { readPlainTrace } from "../schema/plain-trace.ts";
import { splitArray, splitObject } from "../schema/raw-json.ts";
import type { Page, PageItem } from "../schema/wire.ts";
import { parseObject } from "./answer.ts";

type SplitPage = Pick<Page, "items" | "maxTimestamp">;

const opening = '{"items":[\n';
const closing = /^\],"max_timestamp":("[^"\\]{1,64}"|null)\}\s*$/;

/**
 * The items of a page, byte for byte. Undefined where the text is no page. Our service puts each item on a line of
 * its own, so that cutting at line breaks is all the work; anything else is cut by brackets.
 */
export function splitPage(text: string): SplitPage | undefined {
  return splitLines(text) ?? splitBrackets(text);
}

/**
 * Undefined where the page is laid out in another way. Each piece is an object by itself, so that together they can be
 * no other list than this one: a break within an item would leave two pieces that are none.
 */
function splitLines(text: string): SplitPage | undefined {
  if (!text.startsWith(opening)) return undefined;
  const end = text.lastIndexOf("\n");
  const max = closing.exec(text.slice(end + 1))?.[1];
  if (max === undefined || end < opening.length) return undefined;
  const items: PageItem[] = [];
  for (const item of text.slice(opening.length, end).split(",\n")) {
    const value = readPlainTrace(item) ?? parseObject(item);
    if (value === undefined) return undefined;
    items.push({ text: item, value });
  }
  return { items, maxTimestamp: JSON.parse(max) as string | null };
}

function splitBrackets(text: string): SplitPage | undefined {
  const page = parseObject(text);
  const values = page?.["items"];
  if (page === undefined || !Array.isArray(values)) return undefined;
  const texts = splitArray(splitObject(text).get("items") ?? "[]");
  const max = page["max_timestamp"];
  if (max !== null && max !== undefined && typeof max !== "string") return undefined;
  return {
    items: texts.map((item, at) => ({ text: item, value: objectOf(values[at]) })),
    maxTimestamp: max === undefined || max === "" ? null : max,
  };
}

function objectOf(value: unknown): PageItem["value"] {
  return isObject(value) ? value : undefined;
}
