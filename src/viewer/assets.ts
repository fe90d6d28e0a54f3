import type { Assets } from "./page.ts";

declare const AGENT_TRACE_VIEWER: string | undefined;

/** What is compiled in; of a program that runs from its source, made anew. */
export async function loadAssets(): Promise<Assets> {
  if (typeof AGENT_TRACE_VIEWER === "string") return JSON.parse(AGENT_TRACE_VIEWER) as Assets;
  const { buildAssets } = await import("./build-assets.ts");
  return buildAssets();
}
