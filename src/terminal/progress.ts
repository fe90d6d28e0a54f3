import type { Progress, ReportProgress } from "../schema/progress.ts";
import type { Sink } from "./streams.ts";
import { bytes, count, duration, visible, width, cut } from "./text.ts";

export interface ProgressOptions {
  readonly sink: Sink;
  /** True at a terminal, where one line is redrawn. Elsewhere a whole line is written every ten seconds. */
  readonly moving: boolean;
  readonly unicode: boolean;
  now(): number;
}

/** What is shown while long work goes on; `end` clears it and must always be called. */
export interface ProgressLine {
  readonly report: ReportProgress;
  /** Says why nothing moves, such as `connection lost, again in 4 s (2 of 6)`, until the next report. */
  wait(reason: string): void;
  end(): void;
}

const barCells = 26;
export const showCursor = "\u001B[?25h";

/** One line that is redrawn at most ten times a second, or a plain line each ten seconds. */
export function startProgress(title: string, options: ProgressOptions): ProgressLine {
  const { sink, moving } = options;
  const started = options.now();
  let drawn = started;
  let last: Progress | undefined;
  sink.write(moving ? `\u001B[?25l\r${visible(title)}` : `${visible(title)}\n`);
  const write = (line: string): void => {
    if (!moving) return sink.write(`${line}\n`);
    sink.write(`\r\u001B[2K${cut(line, (sink.columns ?? 80) - 1)}`);
  };
  const draw = (progress: Progress): void => {
    const seconds = (options.now() - started) / 1000;
    const parts = progressParts(progress, seconds, options.unicode && moving);
    const room = moving ? (sink.columns ?? 80) - 1 : Number.POSITIVE_INFINITY;
    write(fitParts(parts, room));
  };
  return {
    report(progress) {
      last = progress;
      if (options.now() - drawn < (moving ? 100 : 10_000)) return;
      drawn = options.now();
      draw(progress);
    },
    wait(reason) {
      drawn = options.now();
      write(`${visible(last?.title ?? title)}  ${visible(reason)}`);
    },
    end() {
      if (moving) sink.write(`\r\u001B[2K${showCursor}`);
      else if (last !== undefined) draw(last);
    },
  };
}

/** A part of the line. Where the parts do not fit, those of the highest rank are left out first. */
interface Part {
  readonly text: string;
  readonly rank: number;
}

function fitParts(parts: readonly Part[], room: number): string {
  let kept = [...parts];
  for (;;) {
    const line = kept.map(({ text }) => text).join("  ");
    const highest = Math.max(...kept.map(({ rank }) => rank));
    if (highest === 0 || width(line) <= room) return line;
    kept = kept.filter(({ rank }) => rank < highest);
  }
}

function progressParts(progress: Progress, seconds: number, unicode: boolean): Part[] {
  const { done, total, bytesTotal } = progress;
  // Where the sum of bytes is known, they count and not the items: one transcript may be a thousand times as large as
  // the next.
  const [gone, all] =
    bytesTotal === undefined || bytesTotal === 0 ? [done, total] : [progress.bytes, bytesTotal];
  const parts: Part[] = [{ text: visible(progress.title), rank: 0 }];
  const push = (text: string, rank: number): void => void parts.push({ text, rank });
  if (unicode && all !== undefined && all > 0) {
    const cells = Math.min(barCells, Math.floor((gone / all) * barCells));
    const rest = cells < barCells ? "╸" + "─".repeat(barCells - cells - 1) : "";
    push("━".repeat(cells) + rest, 4);
  }
  const of = total === undefined ? count(done) : `${count(done)}/${count(total)}`;
  const one = (total ?? done) === 1;
  push(`${of} ${one ? singular(progress.unit) : progress.unit}`, 2);
  const ofBytes = bytesTotal === undefined || bytesTotal === 0 ? "" : ` of ${bytes(bytesTotal)}`;
  push(`${bytes(progress.bytes)}${ofBytes}`, 1);
  if (seconds > 0.5) push(`${bytes(Math.round(progress.bytes / seconds))}/s`, 5);
  if (all !== undefined && gone > 0 && gone < all && seconds > 0.5) {
    push(`${duration((seconds / gone) * (all - gone))} left`, 3);
  }
  return parts;
}

/** Of the units that are counted here: `traces`, `summaries`. */
function singular(unit: string): string {
  return unit.replace(/ies$/, "y").replace(/s$/, "");
}
