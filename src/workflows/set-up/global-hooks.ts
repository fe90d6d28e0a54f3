import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { globalClaudeSettings, planClaudeHooks, planClaudeRemoval } from "./agent-hooks.ts";
import { shortPath } from "./describe-set-up.ts";
import { applyChange } from "./file-change.ts";
import type { SetUpStep } from "./git-hooks.ts";

/** Agents whose hooks can stand in the person's home directory. */
const tools = ["claude-code"] as const;

export interface GlobalHookOptions {
  readonly remove: boolean;
  /** As `--tool` was typed, joined by line breaks; all of them without one. */
  readonly tools: string | undefined;
}

/** Puts hooks for all repositories into the person's home, or takes them out; says what it did. */
export function changeGlobalHooks(context: Context, options: GlobalHookOptions): void {
  const { terminal, userHome, program } = context;
  const steps = parseTools(options.tools).map((tool): SetUpStep & { tool: string } => {
    const path = globalClaudeSettings(context);
    if (path === undefined) {
      throw new AppError("failed", "the home directory is not known", {
        hint: "set `HOME` or `CLAUDE_CONFIG_DIR`",
      });
    }
    return {
      tool,
      ...(options.remove ? planClaudeRemoval(path) : planClaudeHooks(path, program)),
    };
  });
  const damaged = steps.find(({ action }) => action === "skipped");
  if (damaged !== undefined) {
    const { path, note, hint = "" } = damaged;
    throw new AppError("damaged_file", `\`${path}\` is left alone: ${note}`, { hint });
  }
  for (const { change } of steps) if (change !== undefined) applyChange(change);
  for (const { action, path, tool } of steps) {
    const what = options.remove && action === "kept" ? "no hooks for" : `${action} hooks for`;
    terminal.print(`${what} ${tool} in ${shortPath(path, userHome)}`);
  }
  terminal.answer(options.remove ? "hooks-remove-global" : "hooks-setup-global", {
    tools: steps.map(({ tool, path, change }) => ({ tool, path, changed: change !== undefined })),
  });
}

function parseTools(typed: string | undefined): readonly string[] {
  if (typed === undefined) return tools;
  const named = [...new Set(typed.split("\n"))];
  const unknown = named.find((name) => !(tools as readonly string[]).includes(name));
  if (unknown === undefined) return named;
  throw new AppError("usage", `\`${unknown}\` is no choice of \`--tool\``, {
    hint: `choose one of ${tools.join(", ")}`,
  });
}
