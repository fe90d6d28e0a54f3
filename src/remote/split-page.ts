import { splitArray, splitObject } from "../schema/raw-json.ts";
import type { Page, PageItem } from "../schema/wire.ts";
import { parseObject } from "./answer.ts";

type SplitPage = Pick<Page, "items" | "maxTimestamp">;

const opening = '{"items":[\n';
const closing = /^\],"max_timestamp":("[^"\\]{1,64}"|null)\}\s*$/;

/**
 * The items of a page, byte for byte. Undefined where the text is no page. Our service puts each item on a line of
 * its own, so that cutting at line breaks and one parse an item is all the work; anything else is cut by brackets.
 */
export function splitPage(text: string): SplitPage | undefined {
  return splitLines(text) ?? splitBrackets(text);
}

/** Undefined where the page is laid out in another way; each line must parse by itself, so none can be misread. */
function splitLines(text: string): SplitPage | undefined {
  if (!text.startsWith(opening)) return undefined;
  const items: PageItem[] = [];
  let start = opening.length;
  for (;;) {
    const end = text.indexOf("\n", start);
    if (end < 0) break;
    const comma = text.charCodeAt(end - 1) === 0x2c;
    const line = text.slice(start, comma ? end - 1 : end);
    start = end + 1;
    if (line === "" && items.length === 0) continue;
    const value = parseObject(line);
    // Only the last item has no comma behind it.
    if (value === undefined || comma === (text.charCodeAt(start) === 0x5d)) return undefined;
    items.push({ text: line, value });
    if (!comma) break;
  }
  const last = closing.exec(text.slice(start));
  if (last?.[1] === undefined) return undefined;
  return { items, maxTimestamp: JSON.parse(last[1]) as string | null };
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
