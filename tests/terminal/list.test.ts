import { expect, test } from "bun:test";
import { showList } from "../../src/terminal/list.ts";
import { createTerminal } from "../../src/terminal/terminal.ts";
import { bufferSink } from "../support/cli.ts";

function shown(columns: number | undefined, rows: string[][]): string[] {
  const stdout = bufferSink(columns !== undefined, columns);
  const terminal = createTerminal({
    stdout,
    stderr: bufferSink(),
    environment: {},
    color: "never",
    json: false,
    quiet: false,
    debug: false,
    progress: false,
    pager: undefined,
  });
  showList(terminal, { header: ["id", "name"], rows });
  return stdout.text().split("\n").slice(0, -1);
}

test.each([
  [undefined, ["a", "é".repeat(90)], [`a  ${"é".repeat(90)}`]],
  [80, ["a", "b"], ["ID  NAME", "a   b"]],
  [20, ["aaaaaaaaaa", "b".repeat(40)], ["ID          NAME", "aaaaaaaaaa  bbbbbbb…"]],
  [
    20,
    ["a".repeat(30), "b".repeat(30)],
    [`ID${" ".repeat(30)}NAME`, `${"a".repeat(30)}  bbbbbbb…`],
  ],
  [20, ["a", "漢字".repeat(9)], ["ID  NAME", "a   漢字漢字漢字漢…"]],
])("a list at %p columns", (columns, row, expected) => {
  expect(shown(columns, [row])).toEqual(expected);
});

test("a list of nothing shows no header", () => {
  expect(shown(80, [])).toEqual([]);
});
