import { sha256Hex } from "./digest.ts";
import { isConversationId } from "./ids.ts";
import { isObject, listOf, optionalText } from "./is-object.ts";
import { parseTime } from "./time.ts";

/** The version of the specification "Agent Trace" whose records are written here. */
export const recordVersion = "0.1.0";

/** Lines that one contributor wrote, at the record's revision. 1-based, inclusive. */
export interface RecordRange {
  readonly start_line: number;
  readonly end_line: number;
  /** `sha256:` of the lines joined by `\n`, without a last one. Others may use other hashes. */
  readonly content_hash?: string;
}

export interface RecordConversation {
  readonly contributor?: { readonly type: string; readonly model_id?: string };
  readonly ranges: readonly RecordRange[];
  readonly related?: readonly { readonly type: string; readonly url: string }[];
}

/** A record of the specification "Agent Trace" (0.1.0) as we write it. */
export interface AgentTraceRecord {
  readonly version: string;
  readonly id: string;
  readonly timestamp: string;
  readonly vcs: { readonly type: "git"; readonly revision: string };
  readonly tool: { readonly name: string; readonly version: string };
  readonly files: readonly {
    readonly path: string;
    readonly conversations: readonly RecordConversation[];
  }[];
}

const conversationUrn = "urn:agent-trace:conversation:";

/** A conversation of ours as another resource of a record: it has no address that others could open. */
export function relatedConversation(id: string): { readonly type: string; readonly url: string } {
  return { type: "conversation", url: `${conversationUrn}${id}` };
}

/** Lines of an agent's that a record of anybody's tells of. */
export interface ToldRange {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly hash: string | undefined;
  readonly model: string | undefined;
  readonly conversation: string | undefined;
}

export interface ToldRecord {
  readonly id: string;
  readonly timestamp: string;
  readonly revision: string | undefined;
  readonly tool: { readonly name: string; readonly version?: string } | undefined;
  readonly ranges: readonly ToldRange[];
}

const mostCharacters = 250;

function short(value: unknown): string | undefined {
  const text = optionalText(value);
  return text !== undefined && text !== "" && text.length <= mostCharacters ? text : undefined;
}

/**
 * The one door for records of others: undefined for what is none. Of its ranges those of agents are left, in files below
 * the repository's root.
 */
export function readRecord(value: unknown): ToldRecord | undefined {
  if (!isObject(value) || !Array.isArray(value["files"])) return undefined;
  const { version, id, timestamp, vcs, tool } = value;
  if (!/^\d+\.\d+(?:\.\d+(?:[-+][\w.+-]+)?)?$/.test(short(version) ?? "")) return undefined;
  const name = short(id);
  if (name === undefined || !/^[\w.-]+$/.test(name)) return undefined;
  const time = short(timestamp);
  if (time === undefined || parseTime(time) === undefined) return undefined;
  const isGit = isObject(vcs) && vcs["type"] === "git";
  const toolName = isObject(tool) ? short(tool["name"]) : undefined;
  const toolVersion = isObject(tool) ? short(tool["version"]) : undefined;
  return {
    id: name,
    timestamp: time,
    revision: isGit ? short(vcs["revision"]) : undefined,
    tool:
      toolName === undefined
        ? undefined
        : { name: toolName, ...(toolVersion === undefined ? {} : { version: toolVersion }) },
    ranges: listOf(value["files"]).flatMap((file) => {
      const path = optionalText(file["path"]);
      if (path === undefined || !isWithin(path)) return [];
      return listOf(file["conversations"]).flatMap((conversation) =>
        readRanges(path, conversation),
      );
    }),
  };
}

/** Whether a path stays below the directory that it is relative to. */
function isWithin(path: string): boolean {
  const steps = path.split("/");
  return (
    !path.includes("\0") && !steps.some((step) => step === "" || step === "." || step === "..")
  );
}

function readRanges(path: string, conversation: Record<string, unknown>): ToldRange[] {
  return listOf(conversation["ranges"]).flatMap((range) => {
    const { start_line: start, end_line: end } = range;
    const own = range["contributor"] ?? conversation["contributor"];
    if (!isObject(own) || own["type"] !== "ai") return [];
    if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end)) return [];
    if (Number(start) < 1 || Number(end) < Number(start)) return [];
    return [
      {
        path,
        start: Number(start),
        end: Number(end),
        hash: short(range["content_hash"]),
        model: short(own["model_id"]),
        conversation: conversationIn(conversation),
      },
    ];
  });
}

/** The id under which we know a conversation: one of ours says it, of another one its address makes it. */
function conversationIn({ url, related }: Record<string, unknown>): string | undefined {
  const named = listOf(related)
    .map((one) => optionalText(one["url"]) ?? "")
    .find((address) => address.startsWith(conversationUrn));
  const id = named?.slice(conversationUrn.length);
  if (isConversationId(id)) return id;
  return typeof url === "string" && url !== "" ? sha256Hex(url) : undefined;
}
