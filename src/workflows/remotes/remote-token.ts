import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import type { ProjectId } from "../../schema/ids.ts";
import type { GlobalConfig, Remote } from "../../schema/settings.ts";
import { readConfig, updateConfig } from "../../store/config.ts";
import { type TokenSource, checkToken } from "./token-source.ts";

/** The key of a remote's token in `config.json`. */
export function tokenKey(project: ProjectId, remote: string): string {
  return `${project}::${remote}`;
}

export interface KeptToken {
  readonly project: ProjectId;
  readonly remote: string;
  /** The only place that the token may be sent to. */
  readonly origin: string;
}

/** Writes the token, or only its place, to `config.json` and gives the reference for `remotes.json`. */
export function keepToken(
  context: Context,
  source: TokenSource,
  { project, remote, origin }: KeptToken,
): NonNullable<Remote["auth"]> {
  const key = tokenKey(project, remote);
  updateConfig(
    context.home,
    (config) => {
      if (source.kind === "given") (config.tokens ??= {})[key] = source.token;
      else if (config.tokens !== undefined) delete config.tokens[key];
      (config.token_origins ??= {})[key] = origin;
    },
    context.terminal.warn,
  );
  const reference = source.kind === "given" ? `global:${key}` : `env:${source.name}`;
  return { type: "bearer", token_ref: reference };
}

/** Lets the token under a key go to another origin from now on. */
export function bindToken(context: Context, key: string, origin: string): void {
  updateConfig(
    context.home,
    (config) => void ((config.token_origins ??= {})[key] = origin),
    context.terminal.warn,
  );
}

/** Moves the secret of a remote to its new name, or removes it with the remote. */
export function moveToken(context: Context, from: string, to: string | undefined): void {
  updateConfig(
    context.home,
    (config) => {
      let changed = false;
      for (const map of [config.tokens, config.token_origins]) {
        if (map === undefined || !Object.hasOwn(map, from)) continue;
        const value = map[from];
        delete map[from];
        if (to !== undefined && value !== undefined) map[to] = value;
        changed = true;
      }
      return changed ? undefined : false;
    },
    context.terminal.warn,
  );
}

/**
 * Where a reference says that the token is. Earlier programs took what has no known form for the token itself, and so
 * it must never be shown.
 */
export function placeOf(reference: string): "config" | "variable" | "entry" | "unknown" {
  if (reference.startsWith("global:")) return "config";
  if (reference.startsWith("env:")) return "variable";
  return /^[a-z][a-z0-9+.-]*:/i.test(reference) ? "unknown" : "entry";
}

/** The key under which `config.json` holds what a reference means. */
export function referredKey(project: ProjectId, name: string, reference: string): string {
  return reference.startsWith("global:") ? reference.slice(7) : tokenKey(project, name);
}

export interface TokenUse {
  readonly project: ProjectId;
  readonly name: string;
  readonly remote: Remote;
  readonly origin: string;
  /** Nothing is written: a token that is not bound to a place yet stays so. */
  readonly dryRun?: boolean;
}

/**
 * The token of a remote. Only its reference says where it is; no other variable is read. Undefined for a remote
 * without a token. A token is given out for the origin that it is bound to, and for no other. A token of an old store
 * is bound when it is first used.
 */
export function resolveToken(context: Context, use: TokenUse): string | undefined {
  const { project, name, remote, origin, dryRun = false } = use;
  const reference = remote.auth?.token_ref ?? undefined;
  if (reference === undefined) return undefined;
  const setToken = `agent-trace remote set-token ${name}`;
  const config = readConfig(context.home, context.terminal.warn);
  const key = referredKey(project, name, reference);
  const token = secretOf(context, { config, reference, key, name });
  const bound = own(config.token_origins, key);
  if (bound === undefined && dryRun) return token;
  if (bound === undefined) {
    updateConfig(
      context.home,
      (latest) => void ((latest.token_origins ??= {})[key] ??= origin),
      context.terminal.warn,
    );
  } else if (bound !== origin) {
    throw new AppError(
      "invalid_token",
      `the token of remote \`${name}\` is bound to ${bound}, but the remote is at ${origin}`,
      { hint: `give the remote a token of its own with \`${setToken}\``, label: "token_origin" },
    );
  }
  return token;
}

/** The token that a remote has now, whatever place it is bound to; undefined where there is none to be had. */
export function presentToken(
  context: Context,
  { project, name, remote }: Pick<TokenUse, "project" | "name" | "remote">,
): string | undefined {
  const reference = remote.auth?.token_ref ?? undefined;
  if (reference === undefined) return undefined;
  const config = readConfig(context.home, context.terminal.warn);
  const token = findSecret(context, {
    config,
    reference,
    key: referredKey(project, name, reference),
  });
  return token === undefined || token === "" ? undefined : checkToken(token);
}

function findSecret(
  context: Context,
  { config, reference, key }: Omit<Reference, "name">,
): string | undefined {
  switch (placeOf(reference)) {
    case "config":
      return own(config.tokens, key);
    case "variable":
      return context.environment[reference.slice(4)];
    case "entry":
      return reference;
    case "unknown":
      return undefined;
  }
}

interface Reference {
  readonly config: GlobalConfig;
  readonly reference: string;
  readonly key: string;
  readonly name: string;
}

function secretOf(context: Context, { name, ...found }: Reference): string {
  const hint = `run \`agent-trace remote set-token ${name}\``;
  const { reference } = found;
  const token = findSecret(context, found);
  if (token !== undefined && token !== "") return checkToken(token);
  const place = placeOf(reference);
  if (place === "variable") {
    const variable = reference.slice(4);
    throw new AppError(
      "missing_token",
      `remote \`${name}\` takes its token from \`${variable}\`, which is not set`,
      { hint: `set \`${variable}\`, or ${hint}` },
    );
  }
  if (place === "config") {
    throw new AppError("missing_token", `the token of remote \`${name}\` is gone`, { hint });
  }
  throw new AppError("invalid_token", `remote \`${name}\` names its token in an unknown way`, {
    hint,
  });
}

function own(map: Readonly<Record<string, string>> | undefined, key: string): string | undefined {
  return map !== undefined && Object.hasOwn(map, key) ? map[key] : undefined;
}

/** Eight stars and the last four characters; four stars where that would show half of it. */
export function maskToken(token: string): string {
  return token.length <= 8 ? "****" : `********${token.slice(-4)}`;
}

/** What `remote show` says of a remote's token: where it is, and its end. */
export function describeToken(
  context: Context,
  project: ProjectId,
  [name, remote]: readonly [string, Remote],
): { readonly source: string; readonly masked: string | null; readonly origin: string | null } {
  const reference = remote.auth?.token_ref ?? undefined;
  if (reference === undefined) return { source: "none", masked: null, origin: null };
  const config = readConfig(context.home, context.terminal.warn);
  const key = referredKey(project, name, reference);
  const secret = findSecret(context, { config, reference, key });
  const place = placeOf(reference);
  return {
    source:
      place === "entry"
        ? "remotes.json"
        : place === "unknown"
          ? `an unknown place, ${maskToken(reference)}`
          : reference,
    masked: secret === undefined || secret === "" ? null : maskToken(secret),
    origin: own(config.token_origins, key) ?? null,
  };
}
