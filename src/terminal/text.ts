/**
 * Text of others (a repository's, a transcript's, a remote's) made safe to print: control characters, and the
 * marks that reorder text, are shown escaped, so that none moves the cursor or forges a message.
 */
export function visible(text: string): string {
  return text.replace(
    // oxlint-disable-next-line no-control-regex
    /[\u0000-\u001F\u007F-\u009F\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g,
    (character) => {
      if (character === "\t") return "\\t";
      if (character === "\n") return "\\n";
      if (character === "\r") return "\\r";
      const code = character.charCodeAt(0);
      return code < 0x100
        ? `\\x${code.toString(16).padStart(2, "0")}`
        : `\\u${code.toString(16).padStart(4, "0")}`;
    },
  );
}

/** As `visible`, for text of several lines: line breaks and tabs stay. */
export function visibleLines(text: string): string {
  return text
    .split("\n")
    .map((line) => line.replace(/\r$/, "").split("\t").map(visible).join("\t"))
    .join("\n");
}

/** JSON text of the same meaning whose controls, those above ASCII too, no terminal obeys. */
export function escapeInvisible(json: string): string {
  return json.replace(
    /[\u007F-\u009F\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** How many cells the text takes at a terminal. */
export function width(text: string): number {
  return Bun.stringWidth(text);
}

export function padEnd(text: string, cells: number): string {
  return text + " ".repeat(Math.max(0, cells - width(text)));
}

export function padStart(text: string, cells: number): string {
  return " ".repeat(Math.max(0, cells - width(text))) + text;
}

/** Breaks a paragraph at blanks so that no line is wider than `columns`, where its words allow that. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.split(" ")) {
      if (line !== "" && width(line) + 1 + width(word) > columns) {
        lines.push(line);
        line = word;
      } else {
        line = line === "" ? word : `${line} ${word}`;
      }
    }
    lines.push(line);
  }
  return lines;
}

/** Text of at most so many cells; what is cut off is told by `…`. */
export function cut(text: string, cells: number): string {
  if (width(text) <= cells) return text;
  const room = Math.max(0, cells - 1);
  let shown = "";
  let used = 0;
  for (const character of text) {
    used += width(character);
    if (used > room) break;
    shown += character;
  }
  return `${shown}…`;
}

/** A cell that is wider than this stands as it is, and does not make the cells above and below it wider. */
const widestCell = 200;

/** Rows as columns two blanks apart; `right` names the columns of figures. */
export function columns(
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) {
      const cells = width(cell);
      if (cells <= widestCell) widths[index] = Math.max(widths[index] ?? 0, cells);
    }
  }
  return rows.map((row) =>
    row
      .map((cell, index) =>
        right.includes(index)
          ? padStart(cell, widths[index] ?? 0)
          : padEnd(cell, widths[index] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
}

/** 1234567 as `1,234,567`. */
export function count(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `1 trace`, `2 traces`. */
export function plural(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}

/** Bytes in binary units: `512 B`, `4.1 MiB`. */
export function bytes(number: number): string {
  if (number < 1024) return `${number} B`;
  const units = ["KiB", "MiB", "GiB", "TiB"];
  let value = number / 1024;
  let unit = 0;
  while (value >= 1023.95 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
}

/** How long ago that was, in at most four characters: `now`, `5m`, `3h`, `2d`, `6w`, `8mo`, `2y`. */
export function age(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) return "now";
  if (minutes < 60) return `${minutes}m`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)}h`;
  const days = Math.floor(minutes / (24 * 60));
  if (days < 14) return `${days}d`;
  if (days < 70) return `${Math.floor(days / 7)}w`;
  return days < 730 ? `${Math.floor(days / 30.44)}mo` : `${Math.floor(days / 365.25)}y`;
}

/** Tabs as blanks up to the next multiple of eight, so that text keeps its columns wherever it begins. */
export function expandTabs(text: string): string {
  if (!text.includes("\t")) return text;
  let column = 0;
  const parts = text.split("\t").map((part) => {
    column += width(part);
    const gap = 8 - (column % 8);
    column += gap;
    return part + " ".repeat(gap);
  });
  return parts.join("").trimEnd();
}

/** Seconds as `0:04` or `1:02:03`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [Math.floor(whole / 60) % 60, whole % 60];
  const hours = Math.floor(whole / 3600);
  if (hours > 0) return [hours, ...parts.map((part) => String(part).padStart(2, "0"))].join(":");
  return `${parts[0]}:${String(parts[1]).padStart(2, "0")}`;
}
