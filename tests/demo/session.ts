/** A recorded session of a coding agent as the hooks would have told it, step by step. */
import { readFileSync } from "node:fs";

export interface Step {
  /** Relative to the directory in which the agent worked. */
  readonly path: string;
  readonly tool: string;
  readonly toolUseId: string;
  readonly input: Record<string, unknown>;
  readonly response: Record<string, unknown>;
  /** Null: there was no file. */
  readonly before: string | null;
  readonly after: string;
  /** How far the transcript had grown, in bytes. */
  readonly transcriptBytes: number;
}

interface Entry {
  cwd?: string;
  message?: {
    content?: {
      type?: string;
      id?: string;
      name?: string;
      input?: Record<string, unknown>;
      tool_use_id?: string;
    }[];
  };
  toolUseResult?: Record<string, unknown>;
}

function parse(line: string): Entry | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // real transcripts hold torn lines
  }
}

/** The steps whose result tells both texts, before and after. */
export function readSession(file: string): Step[] {
  const steps: Step[] = [];
  const calls = new Map<string, { name: string; input: Record<string, unknown> }>();
  let offset = 0;
  for (const line of readFileSync(file, "utf8").split("\n")) {
    offset += Buffer.byteLength(line) + 1;
    const entry = parse(line);
    const content = Array.isArray(entry?.message?.content) ? entry.message.content : [];
    for (const part of content) {
      if (part.type === "tool_use" && part.id !== undefined) {
        calls.set(part.id, { name: part.name ?? "", input: part.input ?? {} });
      }
    }
    const result = entry?.toolUseResult;
    const id = content.find((part) => part.type === "tool_result")?.tool_use_id;
    const call = id === undefined ? undefined : calls.get(id);
    const step = call === undefined || result === undefined ? undefined : textsOf(call, result);
    const absolute = call?.input["file_path"];
    if (step === undefined || call === undefined || typeof absolute !== "string") continue;
    if (entry?.cwd === undefined || !absolute.startsWith(`${entry.cwd}/`)) continue;
    steps.push({
      ...step,
      path: absolute.slice(entry.cwd.length + 1),
      tool: call.name,
      toolUseId: id ?? "",
      input: call.input,
      response: result ?? {},
      transcriptBytes: offset,
    });
  }
  return steps;
}

function textsOf(
  call: { name: string; input: Record<string, unknown> },
  result: Record<string, unknown>,
): { before: string | null; after: string } | undefined {
  const original = result["originalFile"];
  const before = typeof original === "string" ? original : null;
  const { content, old_string: oldText, new_string: newText } = call.input;
  if (call.name === "Write" && typeof content === "string") return { before, after: content };
  if (
    call.name !== "Edit" ||
    before === null ||
    typeof oldText !== "string" ||
    typeof newText !== "string"
  )
    return undefined;
  const after =
    call.input["replace_all"] === true
      ? before.replaceAll(oldText, () => newText)
      : before.replace(oldText, () => newText);
  return { before, after };
}
