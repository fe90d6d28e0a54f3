import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { AppliedEdit } from "./edit-delivery.ts";
import type { TrackedEdit, TrackedFile } from "./tracked-file.ts";

/** An edit of a real session, as its transcript tells it. */
export interface SessionEdit {
  readonly path: string;
  readonly original: string | null;
  /** A whole text, or one text for another. */
  readonly write: string | undefined;
  readonly oldText: string;
  readonly newText: string;
  readonly replaceAll: boolean;
}

/** The sessions of a directory of transcripts, each as its edits in order. */
export function readSessions(directory: string): Map<string, SessionEdit[]> {
  const sessions = new Map<string, SessionEdit[]>();
  for (const name of readdirSync(directory).sort()) {
    if (!name.startsWith("claude-code-") || !name.endsWith(".jsonl")) continue;
    const edits: SessionEdit[] = [];
    for (const line of readFileSync(join(directory, name), "utf8").split("\n")) {
      const edit = parseEdit(line);
      if (edit !== undefined) edits.push(edit);
    }
    if (edits.length > 0) sessions.set(name, edits);
  }
  return sessions;
}

function parseEdit(line: string): SessionEdit | undefined {
  let record: { toolUseResult?: Record<string, unknown> } | undefined;
  try {
    record = JSON.parse(line);
  } catch {
    return undefined;
  }
  const result = record?.toolUseResult;
  if (typeof result !== "object" || result === null || !("originalFile" in result))
    return undefined;
  const { filePath, originalFile, content, oldString, newString, replaceAll } = result;
  if (typeof filePath !== "string") return undefined;
  return {
    path: filePath.split("/").slice(-4).join("/"),
    original: typeof originalFile === "string" ? originalFile : null,
    write: typeof content === "string" && newString === undefined ? content : undefined,
    oldText: typeof oldString === "string" ? oldString : "",
    newText: typeof newString === "string" ? newString : "",
    replaceAll: replaceAll === true,
  };
}

/** An agent that edits a formatted text has read it, and repeats what it keeps as it stands there. */
function asRead({ oldText, newText }: SessionEdit): { oldText: string; newText: string } {
  const formatted = oldText.replaceAll("\t", "    ");
  const kept = new Set(formatted.split("\n"));
  const lines = newText.split("\n").map((line) => {
    const other = line.replaceAll("\t", "    ");
    return kept.has(other) ? other : line;
  });
  return { oldText: formatted, newText: lines.join("\n") };
}

/** Changes the file as the agent would; undefined where it could not edit. */
export function applyEdit(
  file: TrackedFile,
  edit: SessionEdit,
  isFormatting: boolean,
): AppliedEdit | undefined {
  const { replaceAll, write } = edit;
  const isFormatted = isFormatting && !file.text.includes(edit.oldText);
  const { oldText, newText } = isFormatted ? asRead(edit) : edit;
  if (write !== undefined) {
    const steps = [file.replaceText(0, file.text.length, write, "agent")];
    return { write, oldText: "", asked: "", newText: "", replaceAll: false, steps };
  }
  const text = file.text;
  const first = text.indexOf(oldText);
  if (oldText === "" || first < 0) return undefined;
  if (!replaceAll && text.includes(oldText, first + 1)) return undefined;
  const withBreak = newText === "" && !oldText.endsWith("\n") && text.includes(`${oldText}\n`);
  const needle = withBreak ? `${oldText}\n` : oldText;
  const steps: TrackedEdit[] = [];
  for (let at = file.text.indexOf(needle); at >= 0;) {
    steps.push(file.replaceText(at, at + needle.length, newText, "agent"));
    at = replaceAll ? file.text.indexOf(needle, at + newText.length) : -1;
  }
  return { write: undefined, oldText: needle, asked: oldText, newText, replaceAll, steps };
}
