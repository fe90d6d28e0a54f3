import { join } from "node:path";
import type { Assets } from "./page.ts";

/** Bundles the page's script and style. Called when the program is compiled, and when it runs from its source. */
export async function buildAssets(): Promise<Assets> {
  const client = join(import.meta.dir, "client");
  const [script, style] = await Promise.all(
    ["main.tsx", "style.css"].map((name) => bundle(join(client, name))),
  );
  if (script === undefined || style === undefined) throw new Error("the page has no script");
  // Written into the page they must not end their own element.
  if (/<\/(?:script|style)/i.test(script + style)) throw new Error("the page would end itself");
  return { script, style };
}

async function bundle(entry: string): Promise<string> {
  const result = await Bun.build({
    entrypoints: [entry],
    target: "browser",
    format: "iife",
    minify: true,
    define: { "process.env.NODE_ENV": '"production"' },
    throw: false,
  });
  const [output] = result.outputs;
  if (!result.success || output === undefined) {
    throw new Error([`cannot bundle ${entry}`, ...result.logs.map(String)].join("\n"));
  }
  return output.text();
}
