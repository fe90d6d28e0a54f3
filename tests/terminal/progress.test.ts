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
