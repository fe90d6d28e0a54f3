import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import type { AgentHooks, HookFile, InstalledHooks } from "../../capture/agent-hooks.ts";
import { type Agent, agents } from "../../capture/agents.ts";
import type { Context, Program } from "../../context.ts";
import { AppError } from "../../errors.ts";
import type { Repository } from "../../git/find-repository.ts";
import { isIgnored } from "../../git/is-ignored.ts";
import { type Git, runGit } from "../../git/run-git.ts";
import { readText } from "./file-change.ts";
import type { HookState, SetUpStep } from "./git-hooks.ts";
import { calledPath, silentCall } from "./program-call.ts";

export type AgentWorld = Pick<Context, "environment" | "userHome" | "program">;

/** An agent with its hooks, loaded. */
export interface KnownAgent {
  readonly agent: Agent;
  readonly hooks: AgentHooks;
}

/** These agents with their hooks; without a choice all that have hooks of their own. */
export async function loadAgentHooks(chosen?: readonly Agent[]): Promise<KnownAgent[]> {
  const known = await Promise.all(
    (chosen ?? agents).map(async (agent) => ({ agent, hooks: await agent.loadHooks() })),
  );
  return chosen === undefined ? known.filter(({ hooks }) => hooks.borrows !== true) : known;
}

/** Whether this person has the agent: it has made its directory. */
export function isPresent({ hooks }: KnownAgent, world: AgentWorld): boolean {
  const home = hooks.home(world);
  return home !== undefined && existsSync(home);
}

/** An agent's file, and the work tree that it must really stand in where it is one of a repository. */
export interface FilePlace {
  readonly file: HookFile;
  readonly within?: string | undefined;
}

/** Plans hooks in one file of an agent; one that cannot be understood is left alone. */
export function planHookFile(
  { agent }: KnownAgent,
  { file, within }: FilePlace,
  program: Program | undefined,
): SetUpStep {
  return planFile(agent, { file, within }, (text) => {
    const isNew = text === undefined || file.read(text).calls.size === 0;
    const after = file.install(text, silentCall(program, "record"));
    return { after, action: isNew ? "added" : "updated" };
  });
}

export function planHookRemoval({ agent }: KnownAgent, { file, within }: FilePlace): SetUpStep {
  return planFile(agent, { file, within }, (text) => ({
    after: text === undefined ? undefined : file.remove(text),
    action: "removed",
  }));
}

function planFile(
  agent: Agent,
  { file: { path, isExecutable = false, isOptional = false }, within }: FilePlace,
  edit: (text: string | undefined) => { after: string | undefined; action: SetUpStep["action"] },
): SetUpStep {
  const note = `hooks for ${agent.title}`;
  try {
    const text = readText(path, within);
    if (isOptional && text === undefined) return { action: "kept", path, note };
    const { after, action } = edit(text);
    if (after === text) return { action: "kept", path, note };
    return { action, path, note, change: { path, text: after, isExecutable, within } };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "damaged_file") throw error;
    return {
      action: "skipped",
      path,
      note: reasonIn(error),
      hint: "repair the file, then run the command again",
    };
  }
}

/** What is wrong with a file, without its name, which is told beside. */
function reasonIn(error: AppError): string {
  const reason = error.details?.["reason"];
  return typeof reason === "string" ? reason : error.message;
}

export interface AgentHookOptions {
  /** Also write where others are concerned: files of the team. */
  readonly shared: boolean;
  /** Also bring up to date what an older program put into the person's settings. */
  readonly completes?: boolean;
}

/**
 * How the agents of this person come to call us from this repository. Where one has hooks for all repositories, those
 * do; else its own file for this repository and this person, else, of an agent that is on this machine, the
 * person's settings. Files of the team are written with `shared` only, and then without a path of this machine.
 */
export async function planAgentHooks(
  git: Git,
  world: AgentWorld,
  options: AgentHookOptions,
): Promise<SetUpStep[]> {
  const plans: SetUpStep[] = [];
  for (const known of await loadAgentHooks()) {
    plans.push(...(await planOneAgent(git, world, { known, ...options })));
  }
  return plans;
}

async function planOneAgent(
  git: Git,
  world: AgentWorld,
  { known, shared, completes = false }: { known: KnownAgent } & AgentHookOptions,
): Promise<SetUpStep[]> {
  const { workTree } = git.repository;
  const everywhere = known.hooks.everywhere(world);
  const local = known.hooks.local(workTree);
  const general = everywhere.flatMap((file) => {
    const steps = stepOn(known, file);
    const isOld = completes && steps.some(({ action }) => action === "skipped");
    return isOld ? [planHookFile(known, { file }, world.program)] : steps;
  });
  if (general.length > 0) {
    const spare = local.map((file) => planHookRemoval(known, { file, within: workTree }));
    return [...general, ...spare.filter(({ action }) => action === "removed")];
  }
  if (local.length > 0) {
    const steps = await Promise.all(
      local.map((file) => planLocalFile(git, world, { known, file, shared })),
    );
    return steps.flat();
  }
  if (!isPresent(known, world)) return [];
  const team = shared ? known.hooks.team(workTree) : [];
  if (team.length > 0)
    return team.map((file) => planHookFile(known, { file, within: workTree }, undefined));
  const files = everywhere.filter(({ isOptional }) => isOptional !== true);
  return files.map((file) => planHookFile(known, { file }, world.program));
}

/** The agents' own files for this work tree, as `planAgentHooks` plans them; none where hooks hold everywhere. */
export async function planLocalHooks(git: Git, world: AgentWorld): Promise<SetUpStep[]> {
  const steps: SetUpStep[] = [];
  for (const known of await loadAgentHooks()) {
    if (known.hooks.everywhere(world).some((file) => readHooks(file).calls.size > 0)) continue;
    for (const file of known.hooks.local(git.repository.workTree)) {
      steps.push(...(await planLocalFile(git, world, { known, file, shared: false })));
    }
  }
  return steps;
}

/** Whether an agent's own file of this work tree calls us. */
export async function callsFrom({ workTree }: Repository): Promise<boolean> {
  const known = await loadAgentHooks();
  const files = known.flatMap(({ hooks }) => hooks.local(workTree));
  return files.some((file) => readHooks(file).calls.size > 0);
}

/** A file of this person's alone: none that the repository tracks, which would put it before the whole team. */
async function planLocalFile(
  git: Git,
  world: AgentWorld,
  { known, file, shared }: { known: KnownAgent; file: HookFile; shared: boolean },
): Promise<SetUpStep[]> {
  const { path } = file;
  const inTree = relative(git.repository.workTree, path);
  const tracked = await runGit(git, ["ls-files", "--error-unmatch", "--", inTree]);
  if (tracked.exitCode === 0 && !shared && !readHooks(file, git.repository.workTree).isComplete) {
    return [
      {
        action: "skipped",
        path,
        note: "the repository tracks this file",
        hint: "run `agent-trace hooks setup-global`, or `agent-trace init --shared`",
      },
    ];
  }
  const program = tracked.exitCode === 0 ? undefined : world.program;
  const settings = planHookFile(known, { file, within: git.repository.workTree }, program);
  if (settings.change === undefined || tracked.exitCode === 0) return [settings];
  return [...(await planExclusion(git, inTree)), settings];
}

/** What is to be said of settings that hold everywhere; nothing where no hook of ours is in them. */
function stepOn({ agent }: KnownAgent, file: HookFile): SetUpStep[] {
  const { path } = file;
  const { calls, isComplete } = readHooks(file);
  if (calls.size === 0) return [];
  if (isComplete) {
    return [{ action: "kept", path, note: `hooks for ${agent.title} in all repositories` }];
  }
  // An older tool of this name hears less. Hooks of ours beside its own would record each edit twice.
  return [
    {
      action: "skipped",
      path,
      note: `hooks for ${agent.title} are incomplete`,
      hint: "run `agent-trace hooks setup-global` to complete them",
    },
  ];
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

const noHooks: InstalledHooks = { calls: new Map(), isComplete: false };

function readHooks(file: HookFile, within?: string): InstalledHooks {
  try {
    const text = readText(file.path, within);
    return text === undefined ? noHooks : file.read(text);
  } catch {
    return noHooks;
  }
}

/**
 * Whether the agents call us, by this work tree's settings or by the person's own. Of agents that are neither on this
 * machine nor call us nothing is told, but of those that are asked for by name.
 */
export async function readAgentHookStates(
  world: AgentWorld,
  repository: Repository | undefined,
  chosen?: readonly Agent[],
): Promise<HookState[]> {
  const states: HookState[] = [];
  for (const known of await loadAgentHooks(chosen)) {
    const { agent, hooks } = known;
    const workTree = repository?.workTree;
    const groups = [
      ["agent", workTree === undefined ? [] : hooks.local(workTree)],
      ["agent", workTree === undefined ? [] : hooks.team(workTree)],
      ["agent-everywhere", hooks.everywhere(world)],
    ] as const;
    const isTold = chosen !== undefined || agent.name === "claude-code" || isPresent(known, world);
    groups.forEach(([kind, files], place) => {
      for (const file of files) {
        const { calls, isComplete } = readHooks(file, kind === "agent" ? workTree : undefined);
        // A team that has no hooks of ours is no lack.
        if (calls.size === 0 && (place === 1 || !isTold)) continue;
        const call = calls.values().next().value;
        const program = call === undefined ? undefined : calledPath(call);
        const isInstalled = calls.size > 0;
        if (!isInstalled && file.isOptional === true) continue;
        const obstacle = isInstalled ? hooks.obstacle?.(world, file) : undefined;
        const { path } = file;
        states.push({
          name: agent.name,
          kind,
          path,
          isInstalled,
          isComplete,
          program,
          ...(obstacle === undefined ? {} : { obstacle }),
        });
      }
    });
  }
  return states;
}
