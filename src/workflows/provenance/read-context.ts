import { isUtf8 } from "node:buffer";
import { type Turn, parseTurns } from "../../capture/read-turns.ts";
import { usageOfAll } from "../../capture/turns/turn.ts";
import { sha256Hex } from "../../schema/digest.ts";
import type { Trace } from "../../schema/trace.ts";
import { openHistory } from "../../store/open-history.ts";
import { type Absence, findAbsence } from "../../store/transcripts/missing.ts";
import type { WhatWasSaid } from "../exchange/read-transcript.ts";
import type { Project } from "../projects/find-project.ts";
import { turnsBeside } from "./turns-beside.ts";
import { type Attribution, type FileAttribution, readAttribution } from "./read-attribution.ts";

/** Lines and the conversation from which they came; of an agent's lines whose conversation is not kept, nulls. */
export interface ContextSegment {
  readonly start_line: number;
  readonly end_line: number;
  readonly attribution: "ai" | "no_attribution";
  readonly model_id: string | null;
  readonly tool: Attribution["tool"];
  readonly trace_id: string | null;
  readonly conversation_id: string | null;
  /** Of the transcript as it is shown: the same on every machine that has it. */
  readonly content_sha256: string | null;
  readonly summary: string | null;
  readonly conversation_size: ConversationSize | null;
  /** Tokens and cost of the conversation, where its transcript tells. */
  readonly usage?: ConversationUsage;
  /** What was said when these lines were written; where that cannot be told, how the conversation began. */
  readonly preview: string | null;
  /** Why there is no conversation, as far as a remote told. */
  readonly conversation_absence?: Absence;
  readonly query: string | null;
  readonly conversation_content?: string;
  /** Instead of the text, where the transcript is no UTF-8. */
  readonly conversation_content_b64?: string;
}

export interface ConversationSize {
  readonly bytes: number;
  readonly characters: number;
  readonly lines: number;
  readonly turns: number;
}

export interface ConversationUsage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  /** In dollars. */
  readonly cost?: number;
}

export interface ContextQuery {
  readonly lines?: { readonly start: number; readonly end: number };
  /** Only what was said with this text in it is previewed; case does not matter. */
  readonly query?: string | undefined;
  readonly full: boolean;
  readonly signal?: AbortSignal;
  readonly said: WhatWasSaid;
}

export interface FileContext {
  readonly file: FileAttribution;
  readonly segments: readonly ContextSegment[];
  /** What was said in each conversation that is kept here. */
  readonly turns: ReadonlyMap<string, readonly Turn[]>;
}

/** The conversations behind the lines of a file. Each one is read once, however many lines came of it. */
export async function readContext(
  project: Project,
  path: string,
  query: ContextQuery,
): Promise<FileContext> {
  const { lines, signal } = query;
  const file = await readAttribution(project, path, {
    ...(lines === undefined ? {} : { lines }),
    ...(signal === undefined ? {} : { signal }),
  });
  const ids = new Set(file.attributions.flatMap(({ conversation_id }) => conversation_id ?? []));
  using history = openHistory(project.paths);
  const summaries = new Map<string, string>();
  for (const [id, text] of history.summaries([...ids])) {
    summaries.set(id, await query.said.mask(text));
  }
  const traces = history.traces([
    ...new Set(file.attributions.flatMap(({ trace_id }) => trace_id ?? [])),
  ]);
  const kept = new Map<string, Conversation | undefined>();
  for (const id of ids) {
    kept.set(id, await readNearest(id, { query, traces: [...traces.values()] }));
  }
  const absenceOf = (id: string | undefined): Pick<ContextSegment, "conversation_absence"> => {
    const absence = id && findAbsence(project.paths, id, () => {});
    return absence ? { conversation_absence: absence } : {};
  };
  const segments = file.attributions.map((found): ContextSegment => {
    const id = found.conversation_id;
    const conversation = id === null ? undefined : kept.get(id);
    return {
      start_line: found.start_line,
      end_line: found.end_line,
      attribution: found.kind === "AI" ? "ai" : "no_attribution",
      model_id: found.model_id,
      tool: found.tool,
      trace_id: found.trace_id,
      conversation_id: id,
      content_sha256: conversation?.sha256 ?? null,
      summary: (id && (summaries.get(id) ?? file.notedSummaries.get(id))) ?? null,
      conversation_size: conversation?.size ?? null,
      ...absenceOf(id === null || conversation !== undefined ? undefined : id),
      ...(conversation?.usage === undefined ? {} : { usage: conversation.usage }),
      preview:
        conversation === undefined
          ? null
          : previewOf(
              conversation,
              found.trace_id === null ? undefined : traces.get(found.trace_id),
              {
                query: query.query,
              },
            ),
      query: query.query ?? null,
      ...(query.full ? conversation?.content : {}),
    };
  });
  const turns = new Map([...kept].flatMap(([id, found]) => (found ? [[id, found.turns]] : [])));
  return { file, segments, turns };
}

/** The conversation; where it is not kept, the one that started it, as of a subagent whose transcript is gone. */
async function readNearest(
  id: string,
  { query, traces }: { readonly query: ContextQuery; readonly traces: readonly Trace[] },
): Promise<Conversation | undefined> {
  const own = await readConversation(id, query);
  if (own !== undefined) return own;
  const trace = traces.find(({ files }) =>
    files.some(({ conversations }) => conversations.some((conversation) => conversation.id === id)),
  );
  const parent = trace?.metadata?.["parent_conversation_id"];
  return typeof parent === "string" ? readConversation(parent, query) : undefined;
}

function usageIn(turns: readonly Turn[]): ConversationUsage | undefined {
  const usage = usageOfAll(turns);
  if (usage === undefined) return undefined;
  const { inputTokens, outputTokens, cost } = usage;
  const tokens = { input_tokens: inputTokens, output_tokens: outputTokens };
  return cost === undefined ? tokens : { ...tokens, cost };
}

interface Conversation {
  readonly turns: readonly Turn[];
  readonly sha256: string;
  readonly size: ConversationSize;
  readonly usage: ConversationUsage | undefined;
  /** Of a transcript that nobody here can take apart. */
  readonly text: string;
  readonly content: Pick<ContextSegment, "conversation_content" | "conversation_content_b64">;
}

async function readConversation(
  id: string,
  { said }: ContextQuery,
): Promise<Conversation | undefined> {
  const bytes = await said.read(id);
  if (bytes === undefined) return undefined;
  const isText = isUtf8(bytes);
  const text = isText ? bytes.toString("utf8") : bytes.toString("latin1");
  const turns = parseTurns(text);
  return {
    turns,
    sha256: sha256Hex(bytes),
    size: {
      bytes: bytes.length,
      characters: text.length,
      lines: text === "" ? 0 : text.split("\n").length - (text.endsWith("\n") ? 1 : 0),
      turns: turns.length,
    },
    usage: usageIn(turns),
    text: turns.length === 0 ? text.slice(0, 64 * 1024) : "",
    content: isText
      ? { conversation_content: text }
      : { conversation_content_b64: bytes.toString("base64") },
  };
}

const previewedTurns = 6;
const previewedCharacters = 240;

/** What was said when a trace's lines were written, else how the conversation began, or what was said of the text sought. */
function previewOf(
  { turns, text }: Conversation,
  trace: Trace | undefined,
  { query }: { readonly query: string | undefined },
): string {
  const sought = query?.toLowerCase();
  if (turns.length === 0 && text.trim() !== "") return excerpt(text.trim(), sought);
  const chosen =
    sought === undefined
      ? turnsBeside(turns, trace)
      : turns.filter((turn) => turn.text.toLowerCase().includes(sought));
  return chosen
    .slice(0, previewedTurns)
    .map((turn) => `${turn.speaker}: ${excerpt(turn.text, sought)}`)
    .join("\n");
}

/** One line of a turn's text: its beginning, or the surroundings of what is sought. */
function excerpt(text: string, sought: string | undefined): string {
  const line = text.replace(/\s+/g, " ");
  if (line.length <= previewedCharacters) return line;
  const at = sought === undefined ? 0 : Math.max(0, line.toLowerCase().indexOf(sought) - 80);
  const part = line.slice(at, at + previewedCharacters).toWellFormed();
  return `${at > 0 ? "…" : ""}${part}${at + previewedCharacters < line.length ? "…" : ""}`;
}
