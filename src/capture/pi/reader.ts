import { claudeShapedReader } from "../claude-shaped.ts";

/** Pi, by the extension that we install: it sends the shape of Claude Code's payloads. */
export const reader = claudeShapedReader("pi", { overlaps: true });
