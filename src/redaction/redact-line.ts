import { alphabetNames, alphabetTables, blank, byteSet } from "./alphabets.ts";
import { base64Runs, decodeText } from "./base64-text.ts";
import { createRunEnds } from "./matcher.ts";
import type { Policy } from "./policy.ts";
import { followKey } from "./private-key.ts";
import { type Hit, type Scan, scanView, toHit } from "./scan-view.ts";
import { mergeHits, splice } from "./splice.ts";
import {
  type Room,
  type View,
  createRoom,
  overlapBytes,
  placeOf,
  unescape,
  unquoteUrl,
} from "./view.ts";

const blockBytes = 16 * 1024;
/** A JSON line in a JSON string in a JSON line, and once more. */
const deepest = 4;
const runBytes = alphabetTables[alphabetNames.indexOf("token")] ?? new Uint8Array(256);
/** Quotes of code may stand in an address as they are. */
const urlEnd = byteSet(' \t\r\n"<>');

export interface RedactedLine {
  readonly bytes: Uint8Array;
  readonly hits: readonly Hit[];
  /** A private key goes on in the next line. */
  readonly isKeyOpen: boolean;
}

/** Masks the secrets of one line after the other. It knows of the lines before only whether a key is still open. */
export function createLineRedactor(
  policy: Policy,
  {
    levels = deepest,
    slow = {},
  }: { readonly levels?: number; readonly slow?: Record<string, number> } = {},
) {
  const rooms: Room[] = Array.from({ length: deepest }, createRoom);
  const urlRoom = createRoom();
  const runs = createRunEnds();
  let hits: Hit[] = [];
  let line: Uint8Array = new Uint8Array(0);
  let keyEnd = 0;
  let isKeyOpen = false;
  let [runFrom, runTo] = [-1, -1];

  /** Where a run of the line ends that reaches over a block's end: found once, however many blocks it fills. */
  function endOfRun(at: number): number {
    if (at >= runFrom && at <= runTo) return runTo;
    let end = at;
    while (end < line.length && runBytes[line[end] ?? 0] === 1) end++;
    runs.work += end - at;
    [runFrom, runTo] = [at, end];
    return end;
  }

  const record: Scan["hit"] = (view, at, rule) => {
    if (isAllowed(policy, view, at)) return;
    const hit = toHit(view, at, rule);
    // What reaches the end of a block goes on as far as its run does.
    const isOpen = view.isOpen && at[1] === view.length;
    hits.push(isOpen ? { ...hit, end: endOfRun(hit.end) } : hit);
  };
  /** Dashes close the first line of a key; from there on the line's own bytes are followed. */
  const followFrom: Scan["key"] = (view, at) => {
    let end = at;
    if (view.bytes[end] === 0x20)
      while (end < view.length && end - at < 12 && view.bytes[end] !== 0x2d) end++;
    if (view.bytes[end] !== 0x2d || view.bytes[end + 1] !== 0x2d) return;
    while (view.bytes[end] === 0x2d && end < view.length) end++;
    const start = placeOf(view, end);
    if (start < keyEnd) return;
    const body = followKey(line, start);
    if (body.isOpen) isKeyOpen = true;
    if (body.characters < 16) return;
    keyEnd = body.end;
    hits.push({ rule: "private-key", weight: 9000, start, end: body.end });
  };
  const scan: Scan = { policy, runs, slow, hit: record, key: followFrom };

  function scanBlock(start: number, end: number): void {
    let view: View = {
      bytes: line.subarray(start, end),
      length: end - start,
      from: undefined,
      base: start,
      isCut: start > 0,
      isOpen: end < line.length,
    };
    scanView(view, scan);
    for (let level = 0; level < levels; level++) {
      const at = view.bytes.indexOf(0x5c);
      if (at < 0 || at >= view.length) break;
      view = unescape(view, rooms[level] ?? createRoom());
      scanView(view, scan);
    }
    scanBase64(view);
    scanUrls(view);
    scanBroken(view);
  }

  function scanBase64(view: View): void {
    for (const [start, end] of base64Runs(view)) {
      const bytes = decodeText(view, start, end);
      if (bytes !== undefined)
        scanInside(bytes, () => toHit(view, [start, end], { id: "", weight: 0 }));
    }
  }

  /** Scans a text that was packed; what it finds masks the whole place that it was packed in. */
  function scanInside(bytes: Uint8Array, place: () => Hit): void {
    const inner: View = {
      bytes,
      length: bytes.length,
      from: undefined,
      base: 0,
      isCut: false,
      isOpen: false,
    };
    const found = (id: string, weight: number): void => {
      hits.push({ ...place(), rule: id, weight });
    };
    scanView(inner, {
      policy,
      runs,
      slow,
      hit: (view, at, { id, weight }) => {
        if (!isAllowed(policy, view, at)) found(id, weight);
      },
      key: (view, at) => {
        if (
          view.bytes[at] === 0x2d &&
          followKey(view.bytes.subarray(0, view.length), at + 5).characters >= 16
        )
          found("private-key", 9000);
      },
    });
  }

  function scanUrls(view: View): void {
    const { bytes, length } = view;
    for (let at = 0; at < length;) {
      const percent = bytes.indexOf(0x25, at);
      if (percent < 0 || percent >= length) return;
      let start = percent;
      while (start > at && percent - start < 256 && urlEnd[bytes[start - 1] ?? 0] === 0) start--;
      let end = percent;
      while (end < length && urlEnd[bytes[end] ?? 0] === 0) end++;
      if (end - percent > 2) scanView(unquoteUrl(view, [start, end], urlRoom), scan);
      at = end + 1;
    }
  }

  /** Joins runs that line breaks cut apart, and keeps of what it finds there what crosses a break. */
  function scanBroken(view: View): void {
    const { bytes, length } = view;
    for (let at = 0; at < length;) {
      const seam = bytes.indexOf(0x0a, at);
      if (seam < 0 || seam >= length) return;
      let start = seam;
      if (bytes[start - 1] === 0x0d) start--;
      while (start > at && runBytes[bytes[start - 1] ?? 0] === 1) start--;
      const places: number[] = [];
      let end = start;
      const seams: number[] = [];
      for (; end < length; end++) {
        const byte = bytes[end] ?? 0;
        if (byte === 0x0d && bytes[end + 1] === 0x0a) continue;
        if (byte === 0x0a) seams.push(places.length);
        else if (runBytes[byte] === 1) places.push(end);
        else break;
      }
      at = Math.max(end, seam + 1);
      if (places.length < 20 || seams.length === 0) continue;
      const from = Uint32Array.from([...places, end], (place) => placeOf(view, place));
      const joined: View = {
        bytes: Uint8Array.from(places, (place) => bytes[place] ?? 0),
        length: places.length,
        from,
        base: 0,
        isCut: start > 0 && runBytes[bytes[start - 1] ?? 0] === 1,
        isOpen: false,
      };
      const crosses = (from: number, to: number): boolean =>
        seams.some((cut) => cut > from && cut < to);
      scanView(joined, {
        ...scan,
        hit: (seen, [first, last], rule) => {
          if (rule.weight < 1000 || !crosses(first, last)) return;
          record(seen, [first, last], rule);
        },
        key: () => {},
      });
      for (const [first, last] of base64Runs(joined)) {
        const text = crosses(first, last) ? decodeText(joined, first, last) : undefined;
        if (text !== undefined)
          scanInside(text, () => toHit(joined, [first, last], { id: "", weight: 0 }));
      }
    }
  }

  /** Goes on with a key that an earlier line began. */
  function continueKey(): void {
    const body = followKey(line, 0);
    isKeyOpen = body.isOpen;
    if (body.end > 0) hits.push({ rule: "private-key", weight: 9000, start: 0, end: body.end });
    keyEnd = body.end;
  }

  return {
    /** Bytes that were looked at so far, in whatever form. */
    get work(): number {
      return runs.work;
    },
    /** A line without its line break. */
    redact(text: Uint8Array, keyIsOpen = false): RedactedLine {
      line = text;
      hits = [];
      keyEnd = 0;
      isKeyOpen = false;
      [runFrom, runTo] = [-1, -1];
      if (keyIsOpen) continueKey();
      for (let start = 0; ; start += blockBytes - overlapBytes) {
        const end = Math.min(line.length, start + blockBytes);
        scanBlock(start, end);
        if (end === line.length) break;
      }
      if (hits.length === 0) return { bytes: text, hits, isKeyOpen };
      const merged = mergeHits(hits).map((hit) => trimBlank(line, hit));
      return { bytes: splice(text, merged), hits: merged, isKeyOpen };
    },
  };
}

/** A mask takes no blank at its ends away. */
function trimBlank(line: Uint8Array, hit: Hit): Hit {
  let { start, end } = hit;
  while (end > start && blank[line[end - 1] ?? 0] === 1) end--;
  while (start < end && blank[line[start] ?? 0] === 1) start++;
  return { ...hit, start, end };
}

function isAllowed(policy: Policy, view: View, [start, end]: readonly [number, number]): boolean {
  const { hashes, patterns } = policy.exceptions;
  const value = view.bytes.subarray(start, end);
  if (patterns.some((pattern) => pattern.isIn(value))) return true;
  if (hashes.size === 0) return false;
  return hashes.has(new Bun.CryptoHasher("sha256").update(value).digest("hex"));
}
