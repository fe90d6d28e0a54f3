import { join, relative } from "node:path";
import {
  findClaudeHooks,
  hearsEverything,
  withClaudeHooks,
  withoutClaudeHooks,
} from "../../capture/claude-settings.ts";
import type { Context, Program } from "../../context.ts";
import { readVariable } from "../../environment.ts";
import { AppError } from "../../errors.ts";
import type { Repository } from "../../git/find-repository.ts";
import { isIgnored } from "../../git/is-ignored.ts";
import { type Git, runGit } from "../../git/run-git.ts";
import { readText } from "./file-change.ts";
import type { HookState, SetUpStep } from "./git-hooks.ts";
import { calledPath, silentCall } from "./program-call.ts";

type World = Pick<Context, "environment" | "userHome" | "program">;

/** The settings of Claude Code that hold for all repositories of this person. */
export function globalClaudeSettings({ environment, userHome }: World): string | undefined {
  const configured = readVariable(environment, "CLAUDE_CONFIG_DIR");
  const directory = configured ?? (userHome === undefined ? undefined : join(userHome, ".claude"));
  return directory === undefined ? undefined : join(directory, "settings.json");
}

/** The settings that hold for this work tree and this person only. */
export function localClaudeSettings({ workTree }: Repository): string {
  return join(workTree, ".claude", "settings.local.json");
}

/** Plans hooks in a settings file of Claude Code; one that cannot be understood is left alone. */
export function planClaudeHooks(path: string, program: Program | undefined): SetUpStep {
  return planSettings(path, (text) => {
    const isNew = text === undefined || findClaudeHooks(text).size === 0;
    const after = withClaudeHooks(text, silentCall(program, "record"));
    return { after, action: isNew ? "added" : "updated" };
  });
}

export function planClaudeRemoval(path: string): SetUpStep {
  return planSettings(path, (text) => ({
    after: text === undefined ? undefined : withoutClaudeHooks(text),
    action: "removed",
  }));
}

function planSettings(
  path: string,
  edit: (text: string | undefined) => { after: string | undefined; action: SetUpStep["action"] },
): SetUpStep {
  const text = readText(path);
  try {
    const { after, action } = edit(text);
    if (after === text) return { action: "kept", path, note: "hooks for Claude Code" };
    return { action, path, note: "hooks for Claude Code", change: { path, text: after } };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "damaged_file") throw error;
    return {
      action: "skipped",
      path,
      note: error.message,
      hint: "repair the file, then run the command again",
    };
  }
}

/**
 * Hooks for this repository alone: none where the person has them for all repositories, and none in a file that the
 * repository tracks, which would put them, and a path of this machine, before the whole team.
 */
export async function planLocalClaudeHooks(
  git: Git,
  world: World,
  options: { readonly shared: boolean },
): Promise<SetUpStep[]> {
  const path = localClaudeSettings(git.repository);
  const everywhere = globalClaudeSettings(world);
  const general = everywhere === undefined ? undefined : stepOn(everywhere);
  if (general !== undefined) {
    const local = planClaudeRemoval(path);
    return local.action === "removed" ? [general, local] : [general];
  }
  const inTree = relative(git.repository.workTree, path);
  const tracked = await runGit(git, ["ls-files", "--error-unmatch", "--", inTree]);
  if (tracked.exitCode === 0 && !options.shared && !hearsEverything(hooksIn(path))) {
    return [
      {
        action: "skipped",
        path,
        note: "the repository tracks this file",
        hint: "run `agent-trace hooks setup-global`, or `agent-trace init --shared`",
      },
    ];
  }
  const settings = planClaudeHooks(path, tracked.exitCode === 0 ? undefined : world.program);
  if (settings.change === undefined || tracked.exitCode === 0) return [settings];
  return [...(await planExclusion(git, inTree)), settings];
}

/** What is to be said of settings that hold everywhere; undefined where no hook of ours is in them. */
function stepOn(path: string): SetUpStep | undefined {
  const hooks = hooksIn(path);
  if (hooks.size === 0) return undefined;
  if (hearsEverything(hooks)) {
    return { action: "kept", path, note: "hooks for Claude Code in all repositories" };
  }
  // An older tool of this name hears less. Hooks of ours beside its own would record each edit twice.
  return {
    action: "skipped",
    path,
    note: "hooks for Claude Code are incomplete",
    hint: "run `agent-trace hooks setup-global` to complete them",
  };
}

/** A file of this person's alone must not slip into a commit. */
async function planExclusion(git: Git, file: string): Promise<SetUpStep[]> {
  if (await isIgnored(git, file)) return [];
  const path = join(git.repository.commonDir, "info", "exclude");
  const text = readText(path) ?? "";
  const line = `/${file.replaceAll("\\", "/")}\n`;
  const change = { path, text: `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}${line}` };
  return [{ action: "added", path, note: `keeps ${line.trim()} out of commits`, change }];
}

function hooksIn(path: string): ReadonlyMap<string, string> {
  try {
    return findClaudeHooks(readText(path) ?? "{}");
  } catch {
    return new Map();
  }
}

/** Whether Claude Code calls us, by this work tree's settings or by the person's own. */
export function readClaudeHookStates(
  world: World,
  repository: Repository | undefined,
): HookState[] {
  const files = [
    ["agent", repository && localClaudeSettings(repository)],
    ["agent-everywhere", globalClaudeSettings(world)],
  ] as const;
  return files.flatMap(([kind, path]) => {
    if (path === undefined) return [];
    const hooks = hooksIn(path);
    const call = hooks.get("PostToolUse");
    const program = call === undefined ? undefined : calledPath(call);
    return { name: "claude-code", kind, path, isInstalled: hearsEverything(hooks), program };
  });
}
