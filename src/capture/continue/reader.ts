import { claudeShapedReader } from "../claude-shaped.ts";

/** The command-line program of Continue; its extension for editors has no hooks. */
export const reader = claudeShapedReader("continue");
