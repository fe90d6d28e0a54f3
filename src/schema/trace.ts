import { type Static, Type } from "@sinclair/typebox";
import { isObject, listOf, optionalText } from "./is-object.ts";

/** One edit of one agent: a line of `traces.jsonl`. Paths are relative to the work tree's root, with `/`. */
export const LineHash = Type.Object({
  /** 0-based distance from the range's `start_line`. */
  line_offset: Type.Integer({ minimum: 0 }),
  hash: Type.String(),
});

/** 1-based, inclusive, in the file as it was after the edit. */
export const TraceRange = Type.Object({
  start_line: Type.Integer(),
  end_line: Type.Integer(),
  content_hash: Type.Optional(Type.String()),
  line_hashes: Type.Optional(Type.Array(LineHash)),
});

export const TraceConversation = Type.Object({
  contributor: Type.Optional(
    Type.Object({ type: Type.String(), model_id: Type.Optional(Type.String()) }),
  ),
  ranges: Type.Array(TraceRange),
  id: Type.Optional(Type.String()),
  content_sha256: Type.Optional(Type.String()),
});

export const TraceFile = Type.Object({
  path: Type.String(),
  conversations: Type.Array(TraceConversation),
});

export const Trace = Type.Object({
  version: Type.String(),
  id: Type.String({ minLength: 1 }),
  timestamp: Type.String(),
  tool: Type.Optional(Type.Object({ name: Type.String(), version: Type.Optional(Type.String()) })),
  files: Type.Array(TraceFile),
  vcs: Type.Optional(Type.Object({ type: Type.String(), revision: Type.String() })),
  metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});

export type LineHash = Static<typeof LineHash>;
export type TraceRange = Static<typeof TraceRange>;
export type TraceConversation = Static<typeof TraceConversation>;
export type TraceFile = Static<typeof TraceFile>;
export type Trace = Static<typeof Trace>;

/** Metadata that agent-trace-cli writes and that never leaves this machine: local paths and people's words. */
export const localMetadata = ["repo_root", "project_id", "command", "message", "messages"] as const;

/** Pseudo files under which agent-trace-cli records events; they are no edits. */
export const pseudoFiles = new Set([".sessions", ".shell-history"]);

/** Whether a trace tells of an edit, as opposed to an event recorded under a pseudo file. */
export function isEdit(trace: Pick<Trace, "files">): boolean {
  return trace.files.some((file) => !pseudoFiles.has(file.path));
}

/**
 * The one door for traces: what a file or a remote holds under this name, as far as it is one. Parts of a wrong shape
 * are left out, line hashes stand in order, and nothing else in the program looks at shapes again.
 */
export function readTrace(value: unknown): Trace | undefined {
  if (!isObject(value) || typeof value["id"] !== "string" || value["id"] === "") return undefined;
  if (!Array.isArray(value["files"])) return undefined;
  const { tool, vcs, metadata } = value;
  return {
    version: optionalText(value["version"]) ?? "",
    id: value["id"],
    timestamp: optionalText(value["timestamp"]) ?? "",
    files: listOf(value["files"]).flatMap(readTraceFile),
    ...(isObject(tool) && typeof tool["name"] === "string"
      ? { tool: { name: tool["name"], ...given("version", tool["version"]) } }
      : {}),
    ...(isObject(vcs) && typeof vcs["revision"] === "string"
      ? { vcs: { type: optionalText(vcs["type"]) ?? "", revision: vcs["revision"] } }
      : {}),
    ...(isObject(metadata) ? { metadata } : {}),
  };
}

function given<Name extends string>(name: Name, value: unknown): { [N in Name]?: string } {
  return (typeof value === "string" ? { [name]: value } : {}) as { [N in Name]?: string };
}

function readTraceFile(value: Record<string, unknown>): TraceFile[] {
  if (typeof value["path"] !== "string") return [];
  const conversations = listOf(value["conversations"]).map((conversation): TraceConversation => {
    const { contributor } = conversation;
    return {
      ...(isObject(contributor) && typeof contributor["type"] === "string"
        ? {
            contributor: {
              type: contributor["type"],
              ...given("model_id", contributor["model_id"]),
            },
          }
        : {}),
      ranges: listOf(conversation["ranges"]).map(readTraceRange),
      ...given("id", conversation["id"]),
      ...given("content_sha256", conversation["content_sha256"]),
    };
  });
  return [{ path: value["path"], conversations }];
}

function readTraceRange(value: Record<string, unknown>): TraceRange {
  const { start_line: start, end_line: end } = value;
  const first = Number.isSafeInteger(start) ? Math.max(1, Number(start)) : 1;
  return {
    start_line: first,
    end_line: Number.isSafeInteger(end) ? Math.max(first - 1, Number(end)) : first - 1,
    ...given("content_hash", value["content_hash"]),
    line_hashes: listOf(value["line_hashes"])
      .flatMap(({ line_offset: offset, hash }) =>
        Number.isSafeInteger(offset) && typeof hash === "string"
          ? [{ line_offset: Number(offset), hash }]
          : [],
      )
      .sort((one, other) => one.line_offset - other.line_offset),
  };
}
