import type { Context } from "../../context.ts";
import type { Remote } from "../../schema/settings.ts";
import type { ProjectPaths } from "../../store/files/paths.ts";
import {
  readProjectConfig,
  readRemotes,
  updateProjectConfig,
  updateRemotes,
} from "../../store/project-settings.ts";
import { noteExchangeTimes, readExchangeTimes } from "../../store/exchange/exchange-times.ts";
import { readRemoteNames } from "../../store/known-names.ts";
import { forgetRemote, renameRemote as renameState } from "../../store/exchange/remote-state.ts";
import { checkRemoteName, remoteExists } from "./change-remote.ts";
import { remoteNamed } from "./find-remote.ts";
import { moveToken, tokenKey } from "./remote-token.ts";
import { waitForSync } from "../exchange/exchange.ts";

/** Removes a remote, its secret, and what is known of it. What was sent there stays there. */
export async function removeRemote(
  context: Context,
  project: ProjectPaths,
  name: string,
): Promise<void> {
  const { warn } = context.terminal;
  // An entry that cannot be read can be removed all the same.
  if (!readRemoteNames(project).includes(name)) remoteNamed(readRemotes(project, warn), name);
  using _lock = await waitForSync(context, project);
  updateRemotes(
    project,
    (remotes) => {
      delete remotes[name];
    },
    warn,
  );
  moveToken(context, tokenKey(project.id, name), undefined);
  changeDefault(context, project, { from: name, to: undefined });
  forgetRemote(project, name, warn);
  noteExchangeTimes(project, { remote: name, times: undefined }, warn);
}

/** Gives a remote another name; its secret, its being the default and what is known of it go along. */
export async function renameRemote(
  context: Context,
  project: ProjectPaths,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  checkRemoteName(to);
  const { warn } = context.terminal;
  const oldKey = tokenKey(project.id, from);
  const newKey = tokenKey(project.id, to);
  const remotes = readRemotes(project, warn);
  remoteNamed(remotes, from);
  if (Object.hasOwn(remotes, to)) throw remoteExists(to);
  using _lock = await waitForSync(context, project);
  moveToken(context, oldKey, newKey);
  updateRemotes(
    project,
    (latest) => {
      latest[to] = renamed(remoteNamed(latest, from), oldKey, newKey);
      delete latest[from];
    },
    warn,
  );
  changeDefault(context, project, { from, to });
  renameState(project, { from, to }, warn);
  const times = readExchangeTimes(project, warn).get(from);
  if (times !== undefined) noteExchangeTimes(project, { remote: to, times }, warn);
  noteExchangeTimes(project, { remote: from, times: undefined }, warn);
}

function renamed(remote: Remote, oldKey: string, newKey: string): Remote {
  const { auth } = remote;
  if (auth?.token_ref !== `global:${oldKey}`) return remote;
  return { ...remote, auth: { ...auth, token_ref: `global:${newKey}` } };
}

/** Makes a remote the one that is used where none is named. */
export function setDefaultRemote(context: Context, project: ProjectPaths, name: string): void {
  remoteNamed(readRemotes(project, context.terminal.warn), name);
  updateProjectConfig(
    project,
    (config) => void (config.remote = { ...config.remote, default: name }),
    context.terminal.warn,
  );
}

interface DefaultChange {
  readonly from: string;
  readonly to: string | undefined;
}

function changeDefault(context: Context, project: ProjectPaths, { from, to }: DefaultChange): void {
  const { warn } = context.terminal;
  if (readProjectConfig(project, warn)?.remote?.default !== from) return;
  updateProjectConfig(
    project,
    ({ remote }) => {
      if (remote?.default !== from) return false;
      if (to === undefined) delete remote.default;
      else remote.default = to;
    },
    warn,
  );
}
