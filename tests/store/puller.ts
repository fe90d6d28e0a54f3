/** Merges pages of numbered traces from the cursor on, as a pull does, until it is done or killed. */
import { writeSync } from "node:fs";
import type { ProjectId } from "../../src/schema/ids.ts";
import { projectPaths } from "../../src/store/files/paths.ts";
import { openSyncStore } from "../../src/store/exchange/sync-store.ts";
import { trace } from "./scene.ts";

const [home = "", pages = "0"] = process.argv.slice(2);
const project = projectPaths(home, `at-${"0".repeat(32)}` as ProjectId);
const rowsOfPage = 20;
using store = openSyncStore(project, {
  remote: "origin",
  dryRun: false,
  warn: (message) => writeSync(2, `${message}\n`),
  now: () => new Date(),
});
store.identify({ url: "http://x/a/b", epoch: "e" });
for (let page = Number(store.cursor("traces") ?? 0); page < Number(pages); page++) {
  const rows = Array.from({ length: rowsOfPage }, (_, row) => {
    const value = trace(`p${page}r${row}`, { path: "x".repeat(row * 100) });
    return { key: value.id, text: JSON.stringify(value), value: { ...value } };
  });
  store.merge("traces", rows);
  writeSync(1, `${page}\n`);
  store.advance("traces", String(page + 1));
  if (page % 7 === 6) store.flush();
}
store.flush();
writeSync(1, "done\n");
