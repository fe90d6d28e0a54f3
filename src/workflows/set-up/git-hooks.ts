import { join } from "node:path";
import type { Program } from "../../context.ts";
import { keptNames, readHook, readHookDirectory } from "../../git/hook-directory.ts";
import {
  type ExistingHook,
  type HookName,
  findCall,
  hookNames,
  planHook,
  planHookRemoval,
  trailerHookNames,
} from "../../git/hook-script.ts";
import type { Git } from "../../git/run-git.ts";
import type { ProjectPaths } from "../../store/files/paths.ts";
import { readProjectConfig } from "../../store/project-settings.ts";
import type { FileChange } from "./file-change.ts";
import { calledPath, programCall } from "./program-call.ts";

const commandOf: Readonly<Record<HookName, string>> = {
  "post-commit": "commit-link",
  "post-rewrite": "rewrite-ledger",
  "post-merge": "commit-link --catch-up",
  "post-checkout": "commit-link --catch-up",
  "prepare-commit-msg": 'commit-trailer "$@"',
  "commit-msg": 'commit-trailer --check "$@"',
};

/** What is to happen to one file, and why where it needs saying. */
export interface SetUpStep {
  readonly action: "added" | "updated" | "kept" | "removed" | "skipped";
  readonly path: string;
  readonly note?: string | undefined;
  readonly hint?: string | undefined;
  readonly change?: FileChange | undefined;
}

export interface GitHookOptions {
  readonly program: Program;
  /** Also write where others are concerned: files of the team, directories of other repositories. */
  readonly shared: boolean;
  /** Which hooks; without it those that every repository gets. */
  readonly names?: readonly HookName[];
}

/** The hooks that a project is to have: with `commit.trailer` two more. */
export function wantedHooks(project: ProjectPaths | undefined): readonly HookName[] {
  const config = project && readProjectConfig(project, () => {});
  return config?.commit?.trailer === "assisted-by"
    ? [...hookNames, ...trailerHookNames]
    : hookNames;
}

/** How this repository's git hooks come to call us. Existing hooks run as before. */
export async function planGitHooks(git: Git, options: GitHookOptions): Promise<SetUpStep[]> {
  const directory = await readHookDirectory(git);
  const othersToo = directory.kind === "team" || directory.kind === "elsewhere";
  return (options.names ?? hookNames).map((name) => {
    const path = join(directory.path, name);
    const existing = readHook(directory, name);
    const present = existing?.text === undefined ? undefined : findCall(existing.text);
    if (othersToo && !options.shared) {
      if (present !== undefined) return { action: "kept", path };
      return { action: "skipped", path, ...sharedAdvice(directory.kind, name) };
    }
    // A path of this machine means nothing in a file that others get.
    const call = programCall(othersToo ? undefined : options.program, commandOf[name]);
    const plan = planHook(existing, { name, call, ...keptNames(directory, name) });
    if (existing?.text === plan.text && existing.isExecutable) return { action: "kept", path };
    const change: FileChange = { path, text: plan.text, isExecutable: true, keepAs: plan.keepAs };
    return {
      action: present === undefined ? "added" : "updated",
      path,
      note: noteOn(directory.kind, present === undefined ? existing : undefined),
      change,
    };
  });
}

/** How our lines go out of these hooks again. A hook that made way for ours comes back under its own name. */
export async function planGitHookRemoval(
  git: Git,
  names: readonly HookName[],
): Promise<SetUpStep[]> {
  const directory = await readHookDirectory(git);
  const othersToo = directory.kind === "team" || directory.kind === "elsewhere";
  return names.flatMap((name): SetUpStep[] => {
    const path = join(directory.path, name);
    const removal = planHookRemoval(readHook(directory, name)?.text ?? "");
    if (removal === undefined) return [];
    if (othersToo) {
      const hint = "take its lines out where nobody needs them; here it does nothing any more";
      return [{ action: "skipped", path, note: "it may serve others, too", hint }];
    }
    const { text, restore } = removal;
    const from = restore === undefined ? undefined : join(directory.path, restore);
    return [{ action: "removed", path, change: { path, text, takeFrom: from } }];
  });
}

function noteOn(kind: string, before: ExistingHook | undefined): string | undefined {
  const isGenerated = kind === "generated" || /\blefthook\b/i.test(before?.text ?? "");
  if (isGenerated) return "another tool's hook; when it makes it anew, run this again";
  if (before === undefined) return undefined;
  const callsToo = /\bagent-trace\b/.test(before.text ?? "");
  return callsToo
    ? "existing hook kept; it calls agent-trace as well: take that out of it"
    : "existing hook kept";
}

function sharedAdvice(kind: "team" | "elsewhere" | string, name: HookName) {
  // The one hook of ours whose word counts.
  const rest = name === "commit-msg" ? "|| [ $? != 3 ] || exit 1" : "|| true";
  const line = `agent-trace ${commandOf[name]} ${rest}`;
  return kind === "team"
    ? {
        note: "hooks of the team",
        hint: `add \`${line}\` to it, or run \`agent-trace init --shared\` and commit the hook`,
      }
    : {
        note: "`core.hooksPath` may serve other repositories",
        hint: `add \`${line}\` to it, or run \`agent-trace init --shared\`; it does nothing where agent-trace is not set up`,
      };
}

/** The state of one hook, as `hooks status`, `status` and `doctor` tell it. */
export interface HookState {
  /** Such as `post-commit` or `claude-code`. */
  readonly name: string;
  /** Git's own, or an agent's: for this repository, or for everything that this person does. */
  readonly kind: "git" | "agent" | "agent-everywhere";
  readonly path: string;
  readonly isInstalled: boolean;
  /** False: it calls us, but not for everything that we want to hear of, as hooks of an older program do. */
  readonly isComplete?: boolean;
  /** What the person has to do before it runs. */
  readonly obstacle?: { readonly problem: string; readonly fix: string };
  /** The program that is called first; undefined where it is called by its name on PATH. */
  readonly program: string | undefined;
}

/** Whether git's hooks call us, and by which path. A hook that is not executable is one that git passes over. */
export async function readGitHookStates(
  git: Git,
  names: readonly HookName[] = hookNames,
): Promise<HookState[]> {
  const directory = await readHookDirectory(git);
  return names.map((name) => {
    const hook = readHook(directory, name);
    const text = hook?.isExecutable === true ? hook.text : undefined;
    const call = text === undefined ? undefined : findCall(text);
    // Where a person wrote the line, the name is all that there is to go by.
    const byHand = text !== undefined && text.includes(`agent-trace ${commandOf[name]}`);
    return {
      name,
      kind: "git",
      path: join(directory.path, name),
      isInstalled: call !== undefined || byHand,
      program: call === undefined ? undefined : calledPath(call),
    };
  });
}
