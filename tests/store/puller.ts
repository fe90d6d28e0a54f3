/** Merges pages of numbered traces from the cursor on, as a pull does, until it is done or killed. */
import { writeSync } from "node:fs";
import type { ProjectId } from "../../src/schema/ids.ts";
import { projectPaths } from "../../src/store/files/paths.ts";
import { openExchange } from "../../src/store/exchange/open-exchange.ts";
import { trace } from "./scene.ts";

const [home = "", pages = "0"] = process.argv.slice(2);
const project = projectPaths(home, `at-${"0".repeat(32)}` as ProjectId);
const rowsOfPage = 20;
using store = openExchange(project, {
  remote: "origin",
  warn: (message) => writeSync(2, `${message}\n`),
  now: () => new Date(),
});
store.memory.identify({ url: "http://x/a/b", epoch: "e" });
for (let page = Number(store.memory.cursor("traces") ?? 0); page < Number(pages); page++) {
  const rows = Array.from({ length: rowsOfPage }, (_, row) => {
    const value = trace(`p${page}r${row}`, { path: "x".repeat(row * 100) });
    return { key: value.id, text: JSON.stringify(value), value: { ...value } };
  });
  store.rows.merge("traces", rows);
  writeSync(1, `${page}\n`);
  store.memory.advance("traces", String(page + 1));
  if (page % 7 === 6) store.memory.flush();
}
store.memory.flush();
writeSync(1, "done\n");
