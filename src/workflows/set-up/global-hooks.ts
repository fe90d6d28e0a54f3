import { type Agent, agentMeant, agents } from "../../capture/agents.ts";
import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { isPresent, loadAgentHooks, planHookFile, planHookRemoval } from "./agent-hooks.ts";
import { shortPath } from "./describe-set-up.ts";
import { applyChange } from "./file-change.ts";
import type { SetUpStep } from "./git-hooks.ts";

export interface GlobalHookOptions {
  readonly remove: boolean;
  /** As `--tool` was typed, joined by line breaks; undefined: Claude Code and every agent on this machine. */
  readonly tools: string | undefined;
}

/** Puts hooks for all repositories into the person's home, or takes them out; says what it did. */
export async function changeGlobalHooks(
  context: Context,
  options: GlobalHookOptions,
): Promise<void> {
  const { terminal, userHome } = context;
  const steps = await planSteps(context, options);
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

async function planSteps(
  context: Context,
  options: GlobalHookOptions,
): Promise<(SetUpStep & { tool: string })[]> {
  const chosen = options.tools === undefined ? undefined : parseTools(options.tools);
  const steps: (SetUpStep & { tool: string })[] = [];
  for (const known of await loadAgentHooks(chosen)) {
    const tool = known.agent.name;
    const isAsked = options.tools !== undefined || tool === "claude-code";
    if (!isAsked && !isPresent(known, context)) continue;
    const files = known.hooks.everywhere(context);
    if (files.length === 0 && context.userHome === undefined) {
      throw new AppError("failed", "the home directory is not known", {
        hint: "set `HOME`",
      });
    }
    for (const file of files) {
      if (file.isOptional === true && !options.remove) continue;
      const step = options.remove
        ? planHookRemoval(known, { file })
        : planHookFile(known, { file }, context.program);
      steps.push({ tool, ...step });
    }
  }
  return steps;
}

/** The agents that `--tool` names, as typed, joined by line breaks. */
export function parseTools(typed: string): readonly Agent[] {
  const meant = typed.split("\n").map((name) => {
    const agent = agentMeant(name);
    if (agent !== undefined) return agent;
    throw new AppError("usage", `\`${name}\` is no choice of \`--tool\``, {
      hint: `choose one of ${agents.map((known) => known.name).join(", ")}`,
    });
  });
  return [...new Set(meant)];
}
