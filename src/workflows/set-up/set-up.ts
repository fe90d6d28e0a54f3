import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "../../context.ts";
import { anchorPath, createAnchor, readAnchor } from "../../git/anchor.ts";
import { type Git, runGit } from "../../git/run-git.ts";
import type { ProjectId } from "../../schema/ids.ts";
import { formatRecordTime } from "../../schema/time.ts";
import { isInitialised, readRegistered } from "../../store/known-project.ts";
import { projectPaths } from "../../store/files/paths.ts";
import { updateProjectConfig } from "../../store/project-settings.ts";
import { readRegistry, registerProject } from "../../store/registry.ts";
import { planAgentHooks } from "./agent-hooks.ts";
import { applyChange } from "./file-change.ts";
import { markLookedAt } from "../provenance/catch-up.ts";
import { findProject, findRepositoryOf } from "../projects/find-project.ts";
import { type SetUpStep, planGitHooks, wantedHooks } from "./git-hooks.ts";
import { planOtherWorkTrees } from "./linked-work-trees.ts";

export interface SetUpOptions {
  readonly dryRun: boolean;
  readonly hooks: boolean;
  readonly shared: boolean;
  /** Also bring up to date what an older program put into the person's settings of agents. */
  readonly completes?: boolean;
}

export interface SetUpReport {
  /** Undefined in a dry run of a repository that has none yet. */
  readonly projectId: ProjectId | undefined;
  readonly workTree: string;
  /** Whether it was set up before. */
  readonly wasSetUp: boolean;
  readonly steps: readonly SetUpStep[];
}

/**
 * Makes a repository one that is recorded. Safe to repeat: what is in place is left alone, down to the byte.
 * Order of writes: the anchor, the registry, the settings (from here on hooks record), and then the hooks, so that
 * a kill between any two leaves nothing that a second run does not complete.
 */
export async function setUp(context: Context, options: SetUpOptions): Promise<SetUpReport> {
  const { home, environment } = context;
  const repository = findRepositoryOf({ cwd: context.cwd, named: context.options.project });
  const git: Git = { repository, environment };
  const isKnown = (text: string): boolean => readRegistered(home, text) !== undefined;
  const known = readAnchor(repository, isKnown);
  const wasSetUp = known !== undefined && isInitialised(projectPaths(home, known));
  const plans = options.hooks
    ? [
        ...(await planGitHooks(git, {
          program: context.program,
          shared: options.shared,
          names: wantedHooks(wasSetUp ? projectPaths(home, known) : undefined),
        })),
        ...(await planAgentHooks(git, context, options)),
        ...(await planOtherWorkTrees(git, context)),
      ]
    : [];
  const steps = [...(wasSetUp ? [] : [storeStep(context, git)]), ...plans];
  if (options.dryRun) return { projectId: known, workTree: repository.workTree, wasSetUp, steps };

  const projectId = known ?? createAnchor(repository);
  await register(context, git, projectId);
  const paths = projectPaths(home, projectId);
  const warn = context.terminal.warn;
  if (!isInitialised(paths)) updateProjectConfig(paths, () => {}, warn);
  // What was committed before is not to be looked at as if a hook had been missed.
  await markLookedAt({ paths, git });
  for (const { change } of steps) if (change !== undefined) applyChange(change);
  return { projectId, workTree: repository.workTree, wasSetUp, steps };
}

/** Tells the registry where a repository that was set up before stands now. */
export async function adopt(
  context: Context,
  path: string | undefined,
): Promise<{ id: ProjectId; root: string }> {
  const options = { ...context.options, project: path ?? context.options.project };
  const { paths, git } = findProject({ ...context, options });
  await register(context, git, paths.id);
  return { id: paths.id, root: git.repository.workTree };
}

function storeStep({ home }: Context, { repository }: Git): SetUpStep {
  return { action: "added", path: anchorPath(repository), note: `records are kept in ${home}` };
}

/** Enters the project into `projects.json`, or tells it that the repository has moved. */
async function register(context: Context, git: Git, id: ProjectId): Promise<void> {
  const { home, now, terminal } = context;
  const { projects } = readRegistry(home, terminal.warn);
  const entry = Object.hasOwn(projects, id) ? projects[id as string] : undefined;
  registerProject(home, id, {
    root: git.repository.workTree,
    originUrl: await readOriginUrl(git),
    firstCommitSha: entry?.first_commit_sha ?? (await readFirstCommit(git)),
    createdAt: formatRecordTime(now()),
    warn: terminal.warn,
  });
}

async function readOriginUrl(git: Git): Promise<string | null> {
  const { exitCode, stdout } = await runGit(git, ["config", "--get", "remote.origin.url"]);
  const url = new TextDecoder().decode(stdout).trim();
  return exitCode === 0 && url !== "" ? url : null;
}

/** The oldest root, for a person to recognise a project by. A history that takes long to walk goes without. */
async function readFirstCommit(git: Git): Promise<string | null> {
  if (existsSync(join(git.repository.commonDir, "shallow"))) return null;
  const signal = AbortSignal.timeout(2000);
  const args = ["rev-list", "--max-parents=0", "--end-of-options", "HEAD"];
  const outcome = await runGit(git, args, { signal }).catch(() => undefined);
  if (outcome?.exitCode !== 0) return null;
  return new TextDecoder().decode(outcome.stdout).trim().split("\n").at(-1) || null;
}
