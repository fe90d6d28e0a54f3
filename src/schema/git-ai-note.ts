import { sha256Hex } from "./digest.ts";
import { isObject } from "./is-object.ts";
import { largestNote } from "./note.ts";

/** Lines from and to, 1-based, inclusive. */
export type LinePair = readonly [start: number, end: number];

/** One line of git-ai's attestations: who, and which lines. */
export interface GitAiEntry {
  /** `s_…::t_…`, an older program's hash of a session, or `h_…` for a person. */
  readonly key: string;
  readonly lines: readonly LinePair[];
}

/** A note of git-ai's, `authorship/3.0.0`: whatever stands in one is kept, what is known here and what is not. */
export interface GitAiNote {
  readonly files: readonly { readonly path: string; readonly entries: readonly GitAiEntry[] }[];
  readonly metadata: Readonly<Record<string, unknown>>;
}

export const gitAiNotes = "refs/notes/ai";
const schemaVersion = "authorship/3.0.0";
const divider = "---";

/** Undefined where a text is no such note. Entries that cannot be read claim nothing and are left out. */
export function parseGitAiNote(content: Uint8Array): GitAiNote | undefined {
  if (content.length > largestNote) return undefined;
  const lines = new TextDecoder().decode(content).split(/\r?\n/);
  const end = lines.indexOf(divider);
  if (end < 0) return undefined;
  let metadata: unknown;
  try {
    metadata = JSON.parse(lines.slice(end + 1).join("\n"));
  } catch {
    return undefined;
  }
  const version = isObject(metadata) ? metadata["schema_version"] : undefined;
  if (!isObject(metadata) || typeof version !== "string") return undefined;
  if (!version.startsWith("authorship/")) return undefined;
  const files: { path: string; entries: GitAiEntry[] }[] = [];
  for (const line of lines.slice(0, end)) {
    if (line === "") continue;
    if (!line.startsWith("  ")) files.push({ path: unquote(line), entries: [] });
    else {
      const entry = parseEntry(line);
      if (entry !== undefined) files.at(-1)?.entries.push(entry);
    }
  }
  return { files, metadata };
}

function unquote(line: string): string {
  return /^".*"$/.test(line) ? line.slice(1, -1) : line;
}

const largestLine = 2 ** 31 - 1;

function parseEntry(line: string): GitAiEntry | undefined {
  const [, key, list] = /^ {2}([^\s]+) ([0-9,-]+)$/.exec(line) ?? [];
  if (key === undefined || list === undefined) return undefined;
  const pairs: LinePair[] = [];
  for (const part of list.split(",")) {
    const [, first, last = first] = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(part) ?? [];
    const [start, end] = [Number(first), Number(last)];
    if (!(start >= 1 && end >= start && end <= largestLine)) return undefined;
    pairs.push([start, end]);
  }
  return { key, lines: pairs };
}

/** Whether git-ai's format can name a file: it has no way to write these characters. */
export function isNameable(path: string): boolean {
  return !/["\n\r]/.test(path) && path !== "";
}

/** The note's text, as git-ai itself would write it. */
export function renderGitAiNote({ files, metadata }: GitAiNote): string {
  const lines = files.flatMap(({ path, entries }) => [
    /\s/.test(path) || path === divider ? `"${path}"` : path,
    ...entries.map(({ key, lines: pairs }) => `  ${key} ${renderLines(pairs)}`),
  ]);
  return [...lines, divider, JSON.stringify(metadata, null, 2)].join("\n");
}

function renderLines(pairs: readonly LinePair[]): string {
  return pairs.map(([start, end]) => (start === end ? `${start}` : `${start}-${end}`)).join(",");
}

export interface GitAiAgent {
  readonly tool: string;
  readonly id: string;
  readonly model: string | undefined;
}

/**
 * The agent behind an entry's key; undefined of a person's, and of one that the note does not explain: of it nothing
 * can be said.
 */
export function agentBehind(key: string, { metadata }: GitAiNote): GitAiAgent | undefined {
  const session = /^(s_[0-9a-f]+)(?:::t_[0-9a-f]+)?$/.exec(key)?.[1];
  const isHash = /^(?:[0-9a-f]{7}|[0-9a-f]{16})$/.test(key);
  const list = metadata[session === undefined ? "prompts" : "sessions"];
  const name = session ?? (isHash ? key : undefined);
  if (name === undefined || !isObject(list) || !Object.hasOwn(list, name)) return undefined;
  const record = list[name];
  const agent = isObject(record) ? record["agent_id"] : undefined;
  if (!isObject(agent) || typeof agent["tool"] !== "string" || agent["tool"] === "")
    return undefined;
  const { tool, id, model } = agent;
  return {
    tool,
    id: typeof id === "string" ? id : "",
    model: typeof model === "string" && model !== "" && model !== "unknown" ? model : undefined,
  };
}

export function isPersonsKey(key: string): boolean {
  return key.startsWith("h_");
}

/** An agent's lines, as they go into a note. */
export interface GitAiClaim {
  readonly path: string;
  readonly lines: LinePair;
  readonly agent: GitAiAgent;
  readonly trace: string;
}

/** The note of a commit; `writer` names the program that writes it, see `isWrittenBy`. */
export function buildGitAiNote(
  commit: string,
  claims: readonly GitAiClaim[],
  writer: string,
): GitAiNote {
  const files = new Map<string, Map<string, LinePair[]>>();
  const sessions = new Map<string, unknown>();
  for (const { path, lines, agent, trace } of claims) {
    const session = `s_${sha256Hex(`${agent.tool}:${agent.id}`).slice(0, 14)}`;
    const { tool, id, model = "unknown" } = agent;
    sessions.set(session, { agent_id: { tool, id, model } });
    const key = `${session}::t_${traceDigits(trace)}`;
    const entries = files.get(path) ?? new Map<string, LinePair[]>();
    files.set(path, entries);
    entries.set(key, [...(entries.get(key) ?? []), lines]);
  }
  return {
    files: [...files].map(([path, entries]) => ({
      path,
      entries: [...entries].map(([key, lines]) => ({ key, lines })),
    })),
    metadata: {
      schema_version: schemaVersion,
      git_ai_version: writer,
      base_commit_sha: commit,
      prompts: {},
      sessions: Object.fromEntries([...sessions].sort(([one], [other]) => (one < other ? -1 : 1))),
      humans: {},
    },
  };
}

/** 14 hex digits of a trace: of its own id where that has so many. */
function traceDigits(trace: string): string {
  const digits = trace.replaceAll("-", "").toLowerCase();
  return /^[0-9a-f]{14}/.test(digits) ? digits.slice(0, 14) : sha256Hex(trace).slice(0, 14);
}

/** Whether a program of this name wrote the note, in any version. */
export function isWrittenBy(note: GitAiNote, program: string): boolean {
  const version = note.metadata["git_ai_version"];
  return typeof version === "string" && version.startsWith(`${program} `);
}
