import type { Context } from "../../context.ts";
import { type Environment, readVariable } from "../../environment.ts";
import { readEnvironmentSecrets } from "../../redaction/environment-values.ts";
import { type KnownSecret, type Policy, createPolicy } from "../../redaction/policy.ts";
import { createRedactor, readRedactorState } from "../../redaction/redactor.ts";
import { readConfig } from "../../store/config.ts";
import type { ProjectPaths } from "../../store/files/paths.ts";
import { readProjectConfig } from "../../store/project-settings.ts";
import type { Rewrite } from "../../store/transcripts/rewrite.ts";
import { leavingOutBookkeeping } from "./leave-out-bookkeeping.ts";
import { findProject } from "../projects/find-project.ts";
import { environmentFiles } from "./environment-files.ts";
import { readOwnSettings, readSmallFile } from "./redaction-settings.ts";

function environmentSecrets(root: string): KnownSecret[] {
  return environmentFiles(root).flatMap((path) =>
    readEnvironmentSecrets(readSmallFile(path) ?? ""),
  );
}

/** Where the secrets are that a policy must know. */
export interface SecretPlaces {
  readonly home: string;
  readonly environment: Environment;
  /** A directory that may hold `.env` files. */
  readonly root: string;
  warn(message: string, hint?: string): void;
}

function ownSecrets({ home, environment, warn }: SecretPlaces): KnownSecret[] {
  const config = readConfig(home, warn);
  const values = [
    ...Object.values(config.tokens ?? {}),
    config.auth_token,
    readVariable(environment, "AGENT_TRACE_ADMIN_SECRET"),
  ];
  return values
    .filter((value) => value !== undefined && value.length > 7)
    .map((value) => ({ value: value ?? "", rule: "own-secret" }));
}

/**
 * What is masked in this project's conversations. Fails with `usage` where a setting cannot be followed: then nothing is
 * masked, and nothing may leave.
 */
export function policyOf(
  context: Context,
  project: ProjectPaths | undefined,
  options: PolicyLook = {},
): Promise<Policy> {
  return policyAt(placesOf(context), project, options);
}

export interface PolicyLook {
  /** A push compiles a rule when its keyword comes along; who looks is told of every mistake. */
  readonly compiles?: boolean;
}

/** As `policyOf`, where there is no command. */
export async function policyAt(
  places: SecretPlaces,
  project: ProjectPaths | undefined,
  { compiles = false }: PolicyLook = {},
): Promise<Policy> {
  const { root } = places;
  const config = project && readProjectConfig(project, places.warn);
  const { allow, rules } = config?.redaction ?? {};
  const own = await readOwnSettings({ allow, rules, root });
  if (compiles) for (const rule of own.rules?.rules ?? []) rule.compile();
  return createPolicy({ secrets: [...ownSecrets(places), ...environmentSecrets(root)], ...own });
}

/** Where the settings' relative paths begin: the work tree's root. */
export function rootOf(context: Context): string {
  try {
    return findProject(context).git.repository.workTree;
  } catch {
    return context.cwd;
  }
}

/** How transcripts are changed before they leave: masked, and without bookkeeping; undefined where neither is wanted. */
export async function rewriteOf(
  context: Context,
  project: ProjectPaths,
): Promise<Rewrite | undefined> {
  const settings = readProjectConfig(project, context.terminal.warn)?.redaction;
  const masking = settings?.enabled === false ? undefined : await maskingOf(context, project);
  return settings?.leave_out_bookkeeping === true ? leavingOutBookkeeping(masking) : masking;
}

async function maskingOf(context: Context, project: ProjectPaths): Promise<Rewrite> {
  const policy = await policyOf(context, project);
  const begin: Rewrite["begin"] = (state) =>
    createRedactor(policy, { after: readRedactorState(state) });
  return { id: policy.id, begin, maskName: nameMasker(context) };
}

/**
 * A file is called by words that a `.env` may hold as well, and a row whose name is masked says nothing of that file any
 * more: only what is a secret by its form counts here, and our own tokens.
 */
function nameMasker(context: Context): (name: string) => string {
  let policy: Policy | undefined;
  const known = new Map<string, string>();
  return (name) => {
    const before = known.get(name);
    if (before !== undefined) return before;
    policy ??= createPolicy({ secrets: ownSecrets(placesOf(context)) });
    const redactor = createRedactor(policy);
    const parts = [redactor.write(Buffer.from(name)), redactor.end()];
    const isPlain = Object.keys(redactor.counts).length === 0;
    const masked = isPlain ? name : Buffer.concat(parts).toString("utf8");
    known.set(name, masked);
    return masked;
  };
}

/** As the names of files leave in rows; as they are where masking is switched off. */
export function fileNameMasker(context: Context, project: ProjectPaths): (name: string) => string {
  const isOff = readProjectConfig(project, () => {})?.redaction?.enabled === false;
  return isOff ? (name) => name : nameMasker(context);
}

function placesOf(context: Context): SecretPlaces {
  const { home, environment, terminal } = context;
  return { home, environment, root: rootOf(context), warn: terminal.warn };
}

/** As `rewriteOf`, for a push: it says where masking is switched off. */
export async function redactionOf(
  context: Context,
  project: ProjectPaths,
): Promise<Rewrite | undefined> {
  if (readProjectConfig(project, () => {})?.redaction?.enabled === false) {
    context.terminal.warn(
      "redaction is off: conversations leave with whatever secrets stand in them",
    );
  }
  return await rewriteOf(context, project);
}

/** The id of what `rewriteOf` gives; stops nobody who only looks. */
export async function redactionId(
  context: Context,
  project: ProjectPaths,
): Promise<string | undefined> {
  try {
    return (await rewriteOf(context, project))?.id;
  } catch {
    return undefined;
  }
}
