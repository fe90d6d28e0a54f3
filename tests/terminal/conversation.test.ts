import { expect, test } from "bun:test";
import { openConversation } from "../../src/terminal/conversation.ts";
import { bufferSink } from "../support/cli.ts";

function said(options: { quiet: boolean; debug: boolean }): string {
  const sink = bufferSink();
  const conversation = openConversation(sink, { ...options, colored: () => false });
  conversation.log("a remark");
  conversation.warn("be careful", "do this");
  conversation.debug("a detail");
  conversation.error("it failed", undefined);
  return sink.text();
}

test("quiet leaves errors, debug adds details", () => {
  const usual = "a remark\nwarning: be careful\nhint: do this\n";
  expect(said({ quiet: false, debug: false })).toBe(`${usual}error: it failed\n`);
  expect(said({ quiet: true, debug: false })).toBe("error: it failed\n");
  expect(said({ quiet: false, debug: true })).toBe(`${usual}debug: a detail\nerror: it failed\n`);
});

test("a warning that is said ten times is heard ten times, its control characters made visible", () => {
  const sink = bufferSink();
  const conversation = openConversation(sink, { quiet: false, debug: false, colored: () => true });
  for (let time = 0; time < 10; time++) conversation.warn("\u001B[2Jgone");
  expect(sink.text()).toBe("\u001B[1;33mwarning:\u001B[0m \\x1b[2Jgone\n".repeat(10));
});
