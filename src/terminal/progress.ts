import type { Progress, ReportProgress } from "../schema/progress.ts";
import type { Sink } from "./streams.ts";
import { bytes, count, duration, visible, width } from "./text.ts";

export interface ProgressOptions {
  readonly sink: Sink;
  /** A terminal that can redraw a line; elsewhere whole lines are written, one each ten seconds. */
  readonly moving: boolean;
  readonly unicode: boolean;
  now(): number;
}

/** What is shown while long work goes on; `end` clears it and must always be called. */
export interface ProgressLine {
  readonly report: ReportProgress;
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
  const draw = (progress: Progress): void => {
    const line = progressText(
      progress,
      (options.now() - started) / 1000,
      options.unicode && moving,
    );
    if (!moving) return sink.write(`${line}\n`);
    const room = (sink.columns ?? 80) - 1;
    sink.write(`\r\u001B[2K${width(line) > room ? line.slice(0, room) : line}`);
  };
  return {
    report(progress) {
      last = progress;
      if (options.now() - drawn < (moving ? 100 : 10_000)) return;
      drawn = options.now();
      draw(progress);
    },
    end() {
      if (moving) sink.write(`\r\u001B[2K${showCursor}`);
      else if (last !== undefined) draw(last);
    },
  };
}

function progressText(progress: Progress, seconds: number, unicode: boolean): string {
  const { done, total } = progress;
  const parts = [visible(progress.title)];
  if (unicode && total !== undefined && total > 0) {
    const cells = Math.min(barCells, Math.floor((done / total) * barCells));
    parts.push(
      "━".repeat(cells) + (cells < barCells ? "╸" + "─".repeat(barCells - cells - 1) : ""),
    );
  }
  const of = total === undefined ? count(done) : `${count(done)}/${count(total)}`;
  const one = (total ?? done) === 1;
  parts.push(`${of} ${one ? singular(progress.unit) : progress.unit}`, bytes(progress.bytes));
  if (seconds > 0.5) parts.push(`${bytes(Math.round(progress.bytes / seconds))}/s`);
  if (total !== undefined && done > 0 && done < total && seconds > 0.5) {
    parts.push(`${duration((seconds / done) * (total - done))} left`);
  }
  return parts.join("  ");
}

/** Of the units that are counted here: `traces`, `summaries`. */
function singular(unit: string): string {
  return unit.replace(/ies$/, "y").replace(/s$/, "");
}
