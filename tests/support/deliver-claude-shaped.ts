/** Agents whose events have Claude Code's shape. */
import { type Fields, type EditFacts, type Deliver, hunkOf } from "./edit-delivery.ts";
import type { TrackedEdit } from "./tracked-file.ts";
const claudeHunk = (step: TrackedEdit): object =>
  hunkOf(step, ({ text }) => text.replaceAll("\t", "  "));

export const deliverAsClaudeCode: Deliver = ({ root, path, call, before, write, ...edit }) => {
  const isNew = before === null;
  const common = { session_id: "session", cwd: root, tool_use_id: call };
  const tool = write === undefined ? "Edit" : "Write";
  const strings = {
    old_string: edit.asked,
    new_string: edit.newText,
    replace_all: edit.replaceAll,
  };
  const input = { file_path: path, ...(write === undefined ? strings : { content: write }) };
  const payload = { ...common, tool_name: tool, tool_input: input };
  const response =
    write === undefined
      ? {
          oldString: edit.asked,
          newString: edit.newText,
          replaceAll: edit.replaceAll,
          structuredPatch: [],
          userModified: false,
        }
      : {
          type: isNew ? "create" : "update",
          content: write,
          structuredPatch: isNew ? [] : edit.steps.map(claudeHunk),
        };
  return {
    before: { ...payload, hook_event_name: "PreToolUse" },
    after: {
      ...payload,
      hook_event_name: "PostToolUse",
      tool_response: { filePath: path, originalFile: before, ...response },
    },
  };
};

/** Of an agent in Claude Code's shape that tells strings, under its own names for tools and fields. */
export function stringly(
  agent: Fields,
  names: {
    edit: string;
    write: string;
    strings(facts: EditFacts): Fields;
    field?: string;
    content?: string;
  },
): Deliver {
  return (facts) => {
    const { root, path, call, write, before } = facts;
    const input =
      write === undefined
        ? { [names.field ?? "file_path"]: path, ...names.strings(facts) }
        : { [names.field ?? "file_path"]: path, [names.content ?? "content"]: write };
    const payload = {
      session_id: "session",
      cwd: root,
      tool_use_id: call,
      timestamp: call,
      ...agent,
      tool_name: write === undefined ? names.edit : names.write,
      tool_input: input,
    };
    return {
      before: { ...payload, hook_event_name: "PreToolUse" },
      after: { ...payload, hook_event_name: "PostToolUse", tool_response: "ok" },
      needsBefore: write !== undefined && before !== null,
    };
  };
}

export const snake = ({ oldText, newText, replaceAll }: EditFacts): Fields => ({
  old_string: oldText,
  new_string: newText,
  replace_all: replaceAll,
});
export const camel = ({ oldText, newText, replaceAll }: EditFacts): Fields => ({
  oldString: oldText,
  newString: newText,
  replaceAll,
});
export const short = ({ oldText, newText, replaceAll }: EditFacts): Fields => ({
  old_str: oldText,
  new_str: newText,
  replace_all: replaceAll,
});
