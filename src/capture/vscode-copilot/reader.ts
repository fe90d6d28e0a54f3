import { claudeShapedReader } from "../claude-shaped.ts";

/** GitHub Copilot in VS Code. It also runs the hooks of Claude Code's settings, so one edit may arrive twice. */
export const reader = claudeShapedReader("vscode-copilot", { overlaps: true });
