/**
 * The local store: the only folder that touches `AGENT_TRACE_HOME`. Its files are the truth, `index.db` is derived
 * from them. What a hook needs (`paths`, `private-files`, `lock`, `append`, `pending`, `live-copy`) loads neither
 * SQLite nor TypeBox: a hook runs for a few milliseconds, and either would double that.
 * Source of every shape: docs/design.md, "The store".
 */
import { dirname, join } from "node:path";
import { AppError } from "../../errors.ts";
import { type ProjectId, isProjectId } from "../../schema/ids.ts";

export interface HomePaths {
  readonly directory: string;
  readonly config: string;
  readonly registry: string;
  readonly hookErrors: string;
  readonly projects: string;
  /** Data of `serve`. */
  readonly service: string;
}

/** Where everything of one local project is. */
export interface ProjectPaths {
  readonly id: ProjectId;
  readonly directory: string;
  readonly config: string;
  readonly remotes: string;
  readonly traces: string;
  readonly ledgers: string;
  readonly pulledLedgers: string;
  readonly commitLinks: string;
  readonly summaries: string;
  readonly conversations: string;
  readonly conversationIndex: string;
  readonly live: string;
  readonly pending: string;
  readonly syncState: string;
  readonly index: string;
  readonly search: string;
}

export function homePaths(home: string): HomePaths {
  return {
    directory: home,
    config: join(home, "config.json"),
    registry: join(home, "projects.json"),
    hookErrors: join(home, "hook-errors.jsonl"),
    projects: join(home, "projects"),
    service: join(home, "service"),
  };
}

export function projectPaths(home: string, id: ProjectId): ProjectPaths {
  const directory = join(home, "projects", id);
  const conversations = join(directory, "conversations");
  return {
    id,
    directory,
    config: join(directory, "project-config.json"),
    remotes: join(directory, "remotes.json"),
    traces: join(directory, "traces.jsonl"),
    ledgers: join(directory, "ledgers.jsonl"),
    pulledLedgers: join(directory, "pulled-ledgers.jsonl"),
    commitLinks: join(directory, "commit-links.jsonl"),
    summaries: join(directory, "session-summaries.jsonl"),
    conversations,
    conversationIndex: join(conversations, "_index.json"),
    live: join(conversations, "live"),
    pending: join(directory, "pending"),
    syncState: join(directory, "sync-state.json"),
    index: join(directory, "index.db"),
    search: join(directory, "search.db"),
  };
}

/** The `AGENT_TRACE_HOME` in which a project is. */
export function homeOf(project: ProjectPaths): string {
  return dirname(dirname(project.directory));
}

/** Whether a text can name one directory and nothing else; asked of ids that are not of our own making. */
export function isSafeName(text: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return text.length <= 255 && !/^\.{0,2}$/.test(text) && !/[/\\\u0000-\u001F\u007F]/.test(text);
}

/**
 * The only door from a text to a directory below `projects/`. Ids of our own making pass by their form; older ones,
 * which were made from a path, only when the registry knows them.
 */
export function parseLocalProjectId(
  text: string,
  isRegistered: (id: string) => boolean,
): ProjectId {
  if (isProjectId(text)) return text;
  if (isSafeName(text) && isRegistered(text)) return text as ProjectId;
  throw new AppError("failed", `\`${text.slice(0, 80)}\` is not the id of a local project`, {
    hint: "run `agent-trace projects` to see the ids",
  });
}
