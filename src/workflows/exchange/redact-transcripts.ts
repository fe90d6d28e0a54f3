import { closeSync, constants, fstatSync, openSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "../../context.ts";
import { type Environment, readVariable } from "../../environment.ts";
import { AppError } from "../../errors.ts";
import { readEnvironmentSecrets } from "../../redaction/environment-values.ts";
import { type KnownSecret, type Policy, createPolicy } from "../../redaction/policy.ts";
import { createRedactor, readRedactorState } from "../../redaction/redactor.ts";
import { readConfig } from "../../store/config.ts";
import type { ProjectPaths } from "../../store/files/paths.ts";
import { readProjectConfig } from "../../store/project-settings.ts";
import type { Rewrite } from "../../store/transcripts/rewrite.ts";
import { findProject } from "../projects/find-project.ts";

const largestEnvironment = 1024 * 1024;
/** Files that show what to fill in. */
const templates = /\.(?:example|sample|template|dist)$/;

/** The bytes of a small regular file; undefined for anything else, which is neither waited for nor followed far. */
function readSmall(path: string): string | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || stats.size > largestEnvironment) return undefined;
    return readFileSync(descriptor, "utf8");
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function environmentSecrets(root: string): KnownSecret[] {
  let names: string[];
  try {
    names = readdirSync(root);
  } catch {
    return [];
  }
  return names
    .filter((name) => /^\.env(?:\.|$)/.test(name) && !templates.test(name))
    .flatMap((name) => readEnvironmentSecrets(readSmall(join(root, name)) ?? ""));
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

/** What is masked in this project's conversations. */
export function policyOf(context: Context, project: ProjectPaths | undefined): Policy {
  const { home, environment, terminal } = context;
  return policyAt({ home, environment, root: rootOf(context), warn: terminal.warn }, project);
}

export function policyAt(places: SecretPlaces, project: ProjectPaths | undefined): Policy {
  const config = project && readProjectConfig(project, places.warn);
  const allow = (config?.redaction?.allow ?? "").split(/[\s,]+/).filter((word) => word !== "");
  const wrong = allow.find((word) => !/^[0-9a-f]{64}$/.test(word));
  if (wrong !== undefined) {
    throw new AppError("usage", `\`${wrong}\` in \`redaction.allow\` is no SHA-256`, {
      hint: "take it back with `agent-trace config reset redaction.allow`",
    });
  }
  return createPolicy({
    secrets: [...ownSecrets(places), ...environmentSecrets(places.root)],
    allow,
  });
}

function rootOf(context: Context): string {
  try {
    return findProject(context).git.repository.workTree;
  } catch {
    return context.cwd;
  }
}

/** How transcripts are masked before they leave; undefined where that is switched off. */
export function rewriteOf(context: Context, project: ProjectPaths): Rewrite | undefined {
  if (readProjectConfig(project, context.terminal.warn)?.redaction?.enabled === false) {
    return undefined;
  }
  const policy = policyOf(context, project);
  const begin: Rewrite["begin"] = (state) =>
    createRedactor(policy, { after: readRedactorState(state) });
  return { id: policy.id, begin };
}

/** As `rewriteOf`, for a push: it says where masking is switched off. */
export function redactionOf(context: Context, project: ProjectPaths): Rewrite | undefined {
  const rewrite = rewriteOf(context, project);
  if (rewrite === undefined) {
    context.terminal.warn(
      "redaction is off: conversations leave with whatever secrets stand in them",
    );
  }
  return rewrite;
}

/** The id of what `rewriteOf` gives; stops nobody who only looks. */
export function redactionId(context: Context, project: ProjectPaths): string | undefined {
  try {
    return rewriteOf(context, project)?.id;
  } catch {
    return undefined;
  }
}
