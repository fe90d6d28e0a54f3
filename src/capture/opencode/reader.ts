import type { AgentEdit } from "../../schema/agent-event.ts";
import type { AgentReader } from "../agent-reader.ts";
import { claudeShapedReader } from "../claude-shaped.ts";
import { deleteEdit, diffEdit, writeEdit } from "../edits.ts";
import { type Payload, asObject, field, nameField, objectField, textField } from "../payload.ts";

const shaped = claudeShapedReader("opencode", { overlaps: true });

/** OpenCode, by the plugin that we install: Claude Code's shape, and the tool's `metadata`. */
export const reader: AgentReader = {
  parseEvent(payload, environment) {
    const event = shaped.parseEvent(payload, environment);
    if (event === undefined || event === "ignored") return event;
    const parent = nameField(payload, "parent_transcript_path");
    const told = parent === undefined ? event : { ...event, parentTranscriptPath: parent };
    const reported = event.phase === "after" ? reportedEdits(payload) : undefined;
    return reported === undefined ? told : { ...told, isShell: false, edits: reported };
  },
  readOrigin: shaped.readOrigin,
};

/**
 * What the tool itself reports comes first: OpenCode finds text that does not match to the blank, and starts all calls
 * of a turn at once.
 */
function reportedEdits(payload: Payload): AgentEdit[] | undefined {
  const metadata = objectField(payload, "tool_metadata", "metadata");
  const files = field(metadata, "files");
  if (Array.isArray(files)) {
    const edits = files.map((file) => patchedFile(asObject(file)));
    return edits.every((edit) => edit !== undefined) ? edits : undefined;
  }
  if (field(metadata, "exists") === false) {
    const input = objectField(payload, "tool_input");
    const [path, content] = [nameField(input, "filePath"), textField(input, "content")];
    return path === undefined || content === undefined
      ? undefined
      : [writeEdit(path, content, null)];
  }
  const filediff = objectField(metadata, "filediff");
  const path = nameField(filediff, "file");
  if (path === undefined) return undefined;
  const [before, after] = [textField(filediff, "before"), textField(filediff, "after")];
  if (before !== undefined && after !== undefined) return [writeEdit(path, after, before)];
  const patch = textField(filediff, "patch") ?? textField(metadata, "diff");
  const edit = patch === undefined ? undefined : diffEdit(path, patch);
  return edit === undefined ? undefined : [edit];
}

function patchedFile(file: Payload | undefined): AgentEdit | undefined {
  const path = nameField(file, "filePath");
  const patch = textField(file, "patch");
  if (path === undefined || patch === undefined) return undefined;
  const type = nameField(file, "type");
  if (type === "delete") return deleteEdit(path);
  if (type !== "move") return diffEdit(path, patch);
  const target = nameField(file, "movePath", "relativePath");
  return target === undefined ? undefined : diffEdit(target, patch, path);
}
