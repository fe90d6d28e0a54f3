/**
 * The same program with its writes in the wrong order: rows are noted as sent before they go, and a cursor is
 * advanced before its rows are on disk. Killed like the real one it must lose rows; else the test proves nothing.
 */
import { plugin } from "bun";
import { join } from "node:path";

const wrapper = join(import.meta.dir, "careless-store.ts");

plugin({
  name: "careless",
  setup(build) {
    build.onLoad({ filter: /exchange\/open-exchange\.ts$/ }, async ({ path }) => {
      const source = await Bun.file(path).text();
      const opening = "export function openExchange(";
      if (!source.includes(opening)) throw new Error("the store is opened in another way now");
      const contents = [
        `import { careless } from ${JSON.stringify(wrapper)};`,
        source.replace(opening, "function openWithCare("),
        "export const openExchange = (...given) => careless(openWithCare(...given));",
      ].join("\n");
      return { contents, loader: "ts" };
    });
  },
});

await import("../../src/main.ts");
