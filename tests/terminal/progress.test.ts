import { expect, test } from "bun:test";
import { startProgress } from "../../src/terminal/progress.ts";
import { bufferSink } from "../support/cli.ts";

const at = (done: number) => ({
  title: "Pushing to origin",
  unit: "traces",
  done,
  total: 1280,
  bytes: done * 4000,
});

test("away from a terminal: a line at the start, one each ten seconds, one at the end", () => {
  const sink = bufferSink();
  let now = 0;
  const line = startProgress("Pushing to origin", {
    sink,
    moving: false,
    unicode: true,
    now: () => now,
  });
  for (now = 1000; now <= 21_000; now += 1000) line.report(at(now / 100));
  line.end();
  expect(sink.text().split("\n")).toEqual([
    "Pushing to origin",
    "Pushing to origin  100/1,280 traces  390.6 KiB  39.1 KiB/s  1:58 left",
    "Pushing to origin  200/1,280 traces  781.3 KiB  39.1 KiB/s  1:48 left",
    "Pushing to origin  210/1,280 traces  820.3 KiB  37.3 KiB/s  1:52 left",
    "",
  ]);
});

test("at a terminal: one line, redrawn at most ten times a second, and the cursor comes back", () => {
  const sink = bufferSink(true);
  let now = 0;
  const line = startProgress("Pushing to origin", {
    sink,
    moving: true,
    unicode: false,
    now: () => now,
  });
  for (now = 10; now <= 1000; now += 10) line.report(at(now));
  line.end();
  const text = sink.text();
  expect(text.split("\r\u001B[2K").length - 2).toBe(10);
  expect(text).toStartWith("\u001B[?25l");
  expect(text).toEndWith("\r\u001B[2K\u001B[?25h");
});

test("one of a kind is told in the singular", () => {
  const sink = bufferSink();
  const line = startProgress("Pulling", { sink, moving: false, unicode: false, now: () => 0 });
  const only = { title: "Pulling", done: 1, total: undefined, bytes: 0 };
  for (const unit of ["conversations", "summaries"]) {
    line.report({ ...only, unit });
    line.end();
  }
  expect(sink.text()).toBe("Pulling\nPulling  1 conversation  0 B\nPulling  1 summary  0 B\n");
});

test("goes by bytes where their sum is known, and leaves out what does not fit", () => {
  const shown = (columns: number): string => {
    const sink = { ...bufferSink(true, columns) };
    let now = 0;
    const line = startProgress("Pushing to origin", {
      sink,
      moving: true,
      unicode: true,
      now: () => now,
    });
    now = 10_000;
    const counts = { unit: "conversations", done: 0, total: 2 };
    const mebibyte = 1024 * 1024;
    line.report({
      title: "Pushing to origin",
      ...counts,
      bytes: 15 * mebibyte,
      bytesTotal: 45 * mebibyte,
    });
    return sink.text().split("\r\u001B[2K").at(-1) ?? "";
  };
  const bar = `${"━".repeat(8)}╸${"─".repeat(17)}`;
  expect(shown(200)).toBe(
    `Pushing to origin  ${bar}  0/2 conversations  15.0 MiB of 45.0 MiB  1.5 MiB/s  0:20 left`,
  );
  expect(shown(80)).toBe("Pushing to origin  0/2 conversations  15.0 MiB of 45.0 MiB  0:20 left");
  expect(shown(40)).toBe("Pushing to origin  15.0 MiB of 45.0 MiB");
  expect(shown(20)).toBe("Pushing to origin");
});

test("says why nothing moves", () => {
  const sink = bufferSink(true, 60);
  const line = startProgress("Pushing to origin", {
    sink,
    moving: true,
    unicode: false,
    now: () => 0,
  });
  line.wait("the connection was cut; again in 4 s (2 of 6)");
  expect(sink.text().split("\r\u001B[2K").at(-1)).toBe(
    "Pushing to origin  the connection was cut; again in 4 s (2…",
  );
});
