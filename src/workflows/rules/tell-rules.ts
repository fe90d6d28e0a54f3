import type { Context } from "../../context.ts";
import { visible } from "../../terminal/text.ts";
import type { changeRule } from "./change-rules.ts";

/** What was written or taken out, a line a file, and who else reads it. */
export function tellRules(
  { terminal }: Context,
  command: "rule-add" | "rule-remove",
  placed: ReturnType<typeof changeRule>,
): void {
  for (const { rule, path, agents, changed } of placed) {
    const done = command === "rule-add" ? (changed ? "added" : "kept") : changed ? "removed" : "no";
    const where = command === "rule-add" || changed ? `${rule}` : `rule ${rule}`;
    const readers = agents.length > 1 ? ` (read by ${agents.join(", ")})` : "";
    terminal.print(`${done} ${where} in ${visible(path)}${readers}`);
  }
  terminal.answer(command, { rules: placed });
}
