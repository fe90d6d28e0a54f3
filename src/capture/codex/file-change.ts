import type { AgentEdit } from "../../schema/agent-event.ts";
import { deleteEdit, diffEdit, writeEdit } from "../edits.ts";
import { type Payload, asObject, nameField, textField } from "../payload.ts";
import { readTail, rowsBackward } from "../read-tail.ts";

/** How much of a transcript's end is searched for a change: first this, and then this. */
const tails = [256 * 1024, 4 * 1024 * 1024];

/**
 * What a call changed, as Codex itself computed it: its transcript has that row before the hook runs, with absolute paths,
 * true positions and the old name of a file that moved. Undefined where there is none.
 */
export function readFileChange(
  transcriptPath: string | undefined,
  toolUseId: string | undefined,
): AgentEdit[] | undefined {
  if (transcriptPath === undefined || toolUseId === undefined) return undefined;
  for (const size of tails) {
    const tail = readTail(transcriptPath, size);
    for (const row of rowsBackward(tail, '"FileChange"', toolUseId)) {
      const item = asObject(asObject(row["payload"])?.["item"]);
      if (item?.["type"] !== "FileChange" || item["id"] !== toolUseId) continue;
      if (nameField(item, "status") === "failed") return [];
      return editsOf(asObject(item["changes"]) ?? {});
    }
    if (tail.length < size / 2) break;
  }
  return undefined;
}

function editsOf(changes: Payload): AgentEdit[] | undefined {
  const edits: AgentEdit[] = [];
  for (const [path, value] of Object.entries(changes)) {
    const edit = editOf(path, asObject(value));
    // A change that cannot be read leaves the call to its patch.
    if (edit === undefined) return undefined;
    edits.push(edit);
  }
  return edits;
}

function editOf(path: string, change: Payload | undefined): AgentEdit | undefined {
  const type = nameField(change, "type");
  const content = textField(change, "content");
  if (type === "delete") return deleteEdit(path);
  if (type === "add") return content === undefined ? undefined : writeEdit(path, content, null);
  const target = nameField(change, "move_path");
  const diff = textField(change, "unified_diff");
  if (diff === undefined) return undefined;
  return target === undefined ? diffEdit(path, diff) : diffEdit(target, diff, path);
}
