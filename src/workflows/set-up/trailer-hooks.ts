import type { Context } from "../../context.ts";
import { trailerHookNames } from "../../git/hook-script.ts";
import { findProject } from "../projects/find-project.ts";
import { applyChange } from "./file-change.ts";
import { type SetUpStep, planGitHookRemoval, planGitHooks } from "./git-hooks.ts";

/** Puts the hooks of `commit.trailer` there, or takes them away again. Other people's hooks run as before. */
export async function changeTrailerHooks(
  context: Context,
  isWanted: boolean,
): Promise<readonly SetUpStep[]> {
  const { git } = findProject(context);
  const steps = isWanted
    ? await planGitHooks(git, { program: context.program, shared: false, names: trailerHookNames })
    : await planGitHookRemoval(git, trailerHookNames);
  for (const { change } of steps) if (change !== undefined) applyChange(change);
  return steps;
}

/** As `changeTrailerHooks` for a setting that was changed, and says what became of the hooks. */
export async function followTrailerSetting(
  context: Context,
  { name, value }: { readonly name: string; readonly value: unknown },
): Promise<void> {
  if (name !== "commit.trailer") return;
  for (const { path, action, note, hint } of await changeTrailerHooks(
    context,
    value === "assisted-by",
  )) {
    if (action === "skipped") {
      context.terminal.warn(`\`${path}\` was left alone: ${note ?? "it is not ours"}`, hint);
    } else if (action !== "kept") context.terminal.print(`${action} ${path}`);
  }
}
