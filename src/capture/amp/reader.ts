import { claudeShapedReader } from "../claude-shaped.ts";

/** Amp, by the plugin that we install: it sends the shape of Claude Code's payloads. */
export const reader = claudeShapedReader("amp", { overlaps: true });
