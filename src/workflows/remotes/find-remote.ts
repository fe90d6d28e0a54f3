import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { type RemoteUrl, parseRemoteUrl } from "../../schema/remote-url.ts";
import type { Remote, Remotes } from "../../schema/settings.ts";
import type { ProjectPaths } from "../../store/files/paths.ts";
import { readProjectConfig, readRemotes } from "../../store/project-settings.ts";

/** A remote of a project, with its address taken apart. */
export interface FoundRemote {
  readonly name: string;
  readonly remote: Remote;
  readonly url: RemoteUrl;
}

/** What of conversations goes to a remote. What is not understood lets nothing go. */
export type TranscriptPolicy = "redacted" | "none";

export function transcriptPolicy({ transcripts = "redacted" }: Remote): TranscriptPolicy {
  return transcripts === "redacted" ? "redacted" : "none";
}

export function listRemotes(context: Context, project: ProjectPaths): [string, Remote][] {
  const remotes = readRemotes(project, context.terminal.warn);
  return Object.entries(remotes).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Remote names stand in keys, messages and command lines, so they are plain words. */
export function isRemoteName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name) && !(name in {});
}

/** The remote's entry under exactly this name; the name is data, so `constructor` is no remote. */
export function remoteNamed(remotes: Remotes, name: string): Remote {
  const remote = Object.hasOwn(remotes, name) ? remotes[name] : undefined;
  if (typeof remote?.url === "string") return remote;
  throw new AppError("unknown_remote", `no remote named \`${name}\``, {
    hint: nameThem(
      Object.keys(remotes),
      `add one with \`agent-trace remote add ${isRemoteName(name) ? name : "<name>"} <url>\``,
    ),
  });
}

function nameThem(names: readonly string[], otherwise: string): string {
  if (names.length === 0) return otherwise;
  return `there ${names.length === 1 ? "is" : "are"} ${names.map((name) => `\`${name}\``).join(", ")}`;
}

/** The remote that is meant: as named; else the project's default; else the only one; else `origin`. */
export function findRemote(
  context: Context,
  project: ProjectPaths,
  named: string | undefined,
): FoundRemote {
  const remotes = readRemotes(project, context.terminal.warn);
  const name = named ?? defaultRemote(context, project, remotes);
  const remote = remoteNamed(remotes, name);
  return { name, remote, url: parseRemoteUrl(remote.url) };
}

/** As `defaultRemote`, and undefined where none is used without being named. */
export function usualRemote(context: Context, project: ProjectPaths): string | undefined {
  try {
    return defaultRemote(context, project, readRemotes(project, context.terminal.warn));
  } catch {
    return undefined;
  }
}

/** The name of the remote that is used where none is named. */
export function defaultRemote(context: Context, project: ProjectPaths, remotes: Remotes): string {
  const chosen = readProjectConfig(project, context.terminal.warn)?.remote?.default;
  if (chosen !== undefined && chosen !== "") return chosen;
  const names = Object.keys(remotes).sort();
  const [first] = names;
  if (first !== undefined && names.length === 1) return first;
  if (names.includes("origin")) return "origin";
  if (first === undefined) {
    throw new AppError("no_remote", "this project has no remote", {
      hint: "add one with `agent-trace remote add origin <url>`",
    });
  }
  throw new AppError("no_remote", "this project has several remotes and no default", {
    hint: `name one with \`--remote\`, or choose with \`agent-trace remote default <name>\`; ${nameThem(names, "")}`,
  });
}
