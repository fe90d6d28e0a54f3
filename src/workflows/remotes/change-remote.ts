import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { type RemoteUrl, isLoopback, parseRemoteUrl } from "../../schema/remote-url.ts";
import type { Remote } from "../../schema/settings.ts";
import type { ProjectPaths } from "../../store/files/paths.ts";
import { readRemotes, updateRemotes } from "../../store/project-settings.ts";
import { noteExchangeTimes } from "../../store/exchange/exchange-times.ts";
import { forgetRemote } from "../../store/exchange/remote-state.ts";
import { type TranscriptPolicy, findRemote, isRemoteName, remoteNamed } from "./find-remote.ts";
import { createProjectFor } from "./register-project.ts";
import { clientFor, requireScope } from "./remote-client.ts";
import { bindToken, keepToken, presentToken, referredKey } from "./remote-token.ts";
import { type TokenSource, askForToken, tokenOf } from "./token-source.ts";
import { waitForSync } from "../exchange/exchange.ts";

export function checkRemoteName(name: string): string {
  if (isRemoteName(name)) return name;
  throw new AppError("usage", `\`${name}\` cannot be the name of a remote`, {
    hint: "use 1 to 64 letters, digits, `.`, `_` or `-`, beginning with a letter or a digit",
  });
}

function entryFor(url: RemoteUrl, auth: Remote["auth"]): Remote {
  return {
    url: url.url,
    base_url: url.baseUrl,
    org_slug: url.org,
    project_slug: url.project,
    ...(auth === undefined ? {} : { auth }),
  };
}

export function remoteExists(name: string): AppError {
  return new AppError("conflict", `remote \`${name}\` exists already`, {
    label: "remote_exists",
    hint: `change it with \`agent-trace remote set-url ${name} <url>\`, or take another name`,
  });
}

export interface NewRemote {
  readonly name: string;
  readonly url: string;
  readonly source: TokenSource | undefined;
  /** Register the project on the service first; that it exists already is fine. */
  readonly create: boolean;
}

/** Binds a name to an address. A token is first shown to the service; where it does not fit, nothing is written. */
export async function addRemote(
  context: Context,
  project: ProjectPaths,
  { name, url: text, source, create }: NewRemote,
): Promise<RemoteUrl> {
  checkRemoteName(name);
  const url = parseRemoteUrl(text);
  if (Object.hasOwn(readRemotes(project, context.terminal.warn), name)) throw remoteExists(name);
  warnOfPlainHttp(context, url);
  if (create) await createProjectFor(context, url, { name, source, existing: "fine" });
  if (source !== undefined) await checkToken(context, url, { name, source });
  // The token is written first: a token without a reference does no harm, a reference without its token does.
  const auth =
    source === undefined
      ? undefined
      : keepToken(context, source, { project: project.id, remote: name, origin: url.origin });
  updateRemotes(
    project,
    (remotes) => {
      if (Object.hasOwn(remotes, name)) throw remoteExists(name);
      remotes[name] = entryFor(url, auth);
    },
    context.terminal.warn,
  );
  return url;
}

interface TokenCheck {
  readonly name: string;
  readonly source: TokenSource;
}

/**
 * Asks the service whose token this is. A variable that is not set here, as that of a CI, is checked when it is used.
 */
async function checkToken(
  context: Context,
  url: RemoteUrl,
  { name, source }: TokenCheck,
): Promise<void> {
  if (source.kind === "variable" && (context.environment[source.name] ?? "") === "") {
    context.terminal.warn(`\`${source.name}\` is not set here: its token is checked at its use`);
    return;
  }
  await checkScopeOf(context, url, { name, token: tokenOf(context, source) });
}

async function checkScopeOf(
  context: Context,
  url: RemoteUrl,
  { name, token }: { readonly name: string; readonly token: string },
): Promise<void> {
  const client = clientFor(context, url, { name, token });
  await requireScope(context, client, { url, name: undefined });
}

function warnOfPlainHttp(context: Context, url: RemoteUrl): void {
  const { protocol, hostname } = new URL(url.origin);
  if (protocol !== "http:" || isLoopback(hostname)) return;
  context.terminal.warn(
    `${url.origin} is plain http: tokens and transcripts can be read on the way`,
    "use https where the service has it",
  );
}

export interface UrlChange {
  readonly name: string;
  readonly url: string;
  readonly source: TokenSource | undefined;
  /** Send the token that is there to the new origin as well. */
  readonly keepToken: boolean;
}

/** Changes a remote's address. A token goes to another origin only when the person says so. */
export async function setRemoteUrl(
  context: Context,
  project: ProjectPaths,
  { name, url: text, source: given, keepToken: keeps }: UrlChange,
): Promise<RemoteUrl> {
  const url = parseRemoteUrl(text);
  const { remote } = findRemote(context, project, name);
  const moves = new URL(remote.url).origin !== url.origin;
  if (given !== undefined && keeps) {
    throw new AppError("usage", "`--keep-token` and a new token exclude each other");
  }
  const reference = remote.auth?.token_ref ?? undefined;
  const isOpen = moves && reference !== undefined && given === undefined && !keeps;
  const source = isOpen ? await askForToken(context, `Token for ${url.origin}`) : given;
  if (isOpen && source === undefined) {
    throw new AppError("usage", `${url.origin} is another place than the token is bound to`, {
      hint: "give a token for it with `--token` or `--token-env`, or say `--keep-token`",
    });
  }
  warnOfPlainHttp(context, url);
  if (source !== undefined) await checkToken(context, url, { name, source });
  else if (reference !== undefined) await checkKeptToken(context, project, { name, remote, url });
  const auth = source === undefined ? remote.auth : bind(context, project, { name, source, url });
  if (source === undefined && moves && reference !== undefined) {
    bindToken(context, referredKey(project.id, name, reference), url.origin);
  }
  updateRemotes(
    project,
    (remotes) => {
      remotes[name] = { ...remoteNamed(remotes, name), ...entryFor(url, auth) };
    },
    context.terminal.warn,
  );
  if (remote.url !== url.url) {
    using _lock = await waitForSync(context, project);
    forgetRemote(project, name, context.terminal.warn);
    noteExchangeTimes(project, { remote: name, times: undefined }, context.terminal.warn);
  }
  return url;
}

/** The token that stays must fit the new address as a new one must. */
async function checkKeptToken(
  context: Context,
  project: ProjectPaths,
  { name, remote, url }: { name: string; remote: Remote; url: RemoteUrl },
): Promise<void> {
  const token = presentToken(context, { project: project.id, name, remote });
  if (token !== undefined) await checkScopeOf(context, url, { name, token });
  else context.terminal.warn(`the token of remote \`${name}\` is not set here: it was not checked`);
}

function bind(
  context: Context,
  project: ProjectPaths,
  { name, source, url }: TokenCheck & { readonly url: RemoteUrl },
): NonNullable<Remote["auth"]> {
  return keepToken(context, source, { project: project.id, remote: name, origin: url.origin });
}

/** Says what of conversations goes to a remote from now on. What was sent there stays there. */
export function setTranscriptPolicy(
  { terminal: { warn } }: Context,
  project: ProjectPaths,
  { name, transcripts }: { readonly name: string; readonly transcripts: TranscriptPolicy },
): void {
  updateRemotes(
    project,
    (remotes) => void (remoteNamed(remotes, name).transcripts = transcripts),
    warn,
  );
}

/** Binds a remote to another token, once the service has said that it fits. */
export async function setRemoteToken(
  context: Context,
  project: ProjectPaths,
  { name, source }: TokenCheck,
): Promise<void> {
  const { url } = findRemote(context, project, name);
  await checkToken(context, url, { name, source });
  const auth = bind(context, project, { name, source, url });
  updateRemotes(
    project,
    (remotes) => void (remoteNamed(remotes, name).auth = auth),
    context.terminal.warn,
  );
}
