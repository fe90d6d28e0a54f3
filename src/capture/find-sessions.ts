import {
  type Dirent,
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  readdirSync,
} from "node:fs";
import { join, sep } from "node:path";
import { readVariable } from "../environment.ts";
import { sha256Hex } from "../schema/digest.ts";
import type { HookWorld } from "./agent-hooks.ts";
import { type Payload, asObject, nameField } from "./payload.ts";

/** A transcript that an agent kept of work in a repository. */
export interface FoundSession {
  readonly agent: string;
  readonly path: string;
  /** Of the session that started it, where it is a subagent's. */
  readonly parent?: string;
}

/** What is read of a file's beginning to see whose work it is. */
const headBytes = 256 * 1024;

/** More directories below each other than any agent makes. */
const deepest = 6;

type Finder = (world: HookWorld, workTree: string) => FoundSession[];

const finders: Readonly<Record<string, Finder>> = {
  "claude-code"(world, workTree) {
    const home = readVariable(world.environment, "CLAUDE_CONFIG_DIR") ?? below(world, ".claude");
    if (home === undefined) return [];
    // Claude Code names a project's directory after its path.
    const project = join(home, "projects", workTree.replaceAll(/[^A-Za-z0-9]/g, "-"));
    return filesBelow(project, ".jsonl").map((path) => {
      const parts = path.split(`${sep}subagents${sep}`);
      return {
        agent: "claude-code",
        path,
        ...(parts.length === 2 ? { parent: `${parts[0]}.jsonl` } : {}),
      };
    });
  },
  codex(world, workTree) {
    const home = readVariable(world.environment, "CODEX_HOME") ?? below(world, ".codex");
    if (home === undefined) return [];
    const rollouts = filesBelow(join(home, "sessions"), ".jsonl");
    return rollouts.flatMap((path) => {
      const meta = firstRow(path, (row) => row["type"] === "session_meta");
      const payload = asObject(meta?.["payload"]);
      if (!isIn(workTree, nameField(payload, "cwd"))) return [];
      const started = nameField(payload, "parent_thread_id");
      const parent =
        started === undefined
          ? undefined
          : rollouts.find((other) => other.endsWith(`-${started}.jsonl`));
      return [{ agent: "codex", path, ...(parent === undefined ? {} : { parent }) }];
    });
  },
  "gemini-cli"(world, workTree) {
    const home = below(world, ".gemini");
    if (home === undefined) return [];
    const hash = sha256Hex(workTree);
    return [...filesBelow(join(home, "tmp"), ".jsonl"), ...filesBelow(join(home, "tmp"), ".json")]
      .filter((path) => firstRow(path, (row) => row["projectHash"] === hash) !== undefined)
      .map((path) => ({ agent: "gemini-cli", path }));
  },
  copilot(world, workTree) {
    const home = below(world, ".copilot");
    if (home === undefined) return [];
    return filesBelow(join(home, "session-state"), "events.jsonl")
      .filter((path) => {
        const start = firstRow(path, (row) => row["type"] === "session.start");
        return isIn(workTree, nameField(asObject(asObject(start?.["data"])?.["context"]), "cwd"));
      })
      .map((path) => ({ agent: "copilot", path }));
  },
  droid(world, workTree) {
    const home = below(world, ".factory");
    if (home === undefined) return [];
    const project = workTree.replaceAll(/[^A-Za-z0-9]/g, "-");
    return filesBelow(join(home, "sessions", project), ".jsonl").map((path) => ({
      agent: "droid",
      path,
    }));
  },
  pi(world, workTree) {
    const home = below(world, ".pi");
    if (home === undefined) return [];
    return filesBelow(join(home, "agent", "sessions"), ".jsonl")
      .filter((path) => {
        const start = firstRow(path, (row) => row["type"] === "session");
        return isIn(workTree, nameField(start, "cwd"));
      })
      .map((path) => ({ agent: "pi", path }));
  },
};

/** Agents whose sessions can be found afterwards. */
export const agentsWithSessions: readonly string[] = Object.keys(finders);

/** The sessions of one agent in a work tree, a session before those that it started. */
export function findSessions(agent: string, world: HookWorld, workTree: string): FoundSession[] {
  const find = Object.hasOwn(finders, agent) ? finders[agent] : undefined;
  const found = find?.(world, workTree) ?? [];
  return found.toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

function below({ userHome }: HookWorld, name: string): string | undefined {
  return userHome === undefined ? undefined : join(userHome, name);
}

function isIn(workTree: string, directory: string | undefined): boolean {
  return directory === workTree || directory?.startsWith(workTree + sep) === true;
}

function filesBelow(directory: string, ending: string, depth = 0): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    const path = join(directory, entry.name);
    // Links are not followed: one could lead in a circle, or to what is nobody's session.
    if (entry.isDirectory()) return depth < deepest ? filesBelow(path, ending, depth + 1) : [];
    return entry.isFile() && entry.name.endsWith(ending) ? [path] : [];
  });
}

/** The first row of a file's beginning that fits. */
function firstRow(path: string, fits: (row: Payload) => boolean): Payload | undefined {
  const head = readHead(path);
  for (const line of [...head.split("\n"), head]) {
    let row;
    try {
      row = asObject(JSON.parse(line));
    } catch {
      continue;
    }
    if (row !== undefined && fits(row)) return row;
  }
  return undefined;
}

function readHead(path: string): string {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    if (!fstatSync(descriptor).isFile()) return "";
    const bytes = Buffer.allocUnsafe(headBytes);
    return bytes.toString("utf8", 0, readSync(descriptor, bytes, 0, headBytes, 0));
  } catch {
    return "";
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
