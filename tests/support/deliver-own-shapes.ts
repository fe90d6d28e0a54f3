/** Agents that tell of an edit in a shape of their own. */
import { appendFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { stringly, camel } from "./deliver-claude-shaped.ts";
import { type Deliver, unifiedDiff } from "./edit-delivery.ts";
import { type TrackedLine, cut } from "./tracked-file.ts";
/** Codex writes what it changed into its transcript before it tells of the call. */
export const deliverAsCodex: Deliver = (facts) => {
  const { root, home, path, call, before } = facts;
  const transcript = join(home, ".codex/sessions/rollout-1.jsonl");
  const diff = unifiedDiff(facts);
  const change =
    before === null
      ? { type: "add", content: facts.after }
      : diff === undefined
        ? undefined
        : { type: "update", unified_diff: diff, move_path: null };
  if (change !== undefined) {
    mkdirSync(dirname(transcript), { recursive: true });
    const item = { type: "FileChange", id: call, changes: { [path]: change }, status: "completed" };
    const row = { type: "event_msg", payload: { type: "item_completed", item } };
    appendFileSync(transcript, `${JSON.stringify(row)}\n`);
  }
  const old = cut(before ?? "").map((line) => `-${line}`);
  const patch = [
    "*** Begin Patch",
    `*** Update File: ${path}`,
    "@@",
    ...old,
    ...cut(facts.after).map((line) => `+${line}`),
    "*** End Patch",
  ];
  const payload = {
    session_id: "session",
    turn_id: "turn",
    cwd: root,
    transcript_path: transcript,
    model: "gpt-5.5",
    tool_name: "apply_patch",
    tool_use_id: call,
    tool_input: { command: `${patch.join("\n")}\n` },
  };
  return {
    before: { ...payload, hook_event_name: "PreToolUse" },
    after: { ...payload, hook_event_name: "PostToolUse", tool_response: "Exit code: 0\n" },
  };
};

export const deliverAsGemini: Deliver = (facts) => {
  const { root, path, call, before, after, write, replaceAll, oldText, newText } = facts;
  const payload = {
    session_id: "session",
    transcript_path: "/home/me/.gemini/tmp/p/chats/s.jsonl",
    cwd: root,
    timestamp: call,
    tool_name: write === undefined ? "replace" : "write_file",
    tool_input:
      write === undefined
        ? { file_path: path, old_string: oldText, new_string: newText, allow_multiple: replaceAll }
        : { file_path: path, content: write },
  };
  const returnDisplay = {
    filePath: path,
    originalContent: before ?? "",
    newContent: after,
    isNewFile: before === null,
    fileDiff: `Index: x\n--- x\n+++ x\n${unifiedDiff(facts) ?? ""}`,
    diffStat: { user_added_lines: 0, user_removed_lines: 0 },
  };
  return {
    before: { ...payload, hook_event_name: "BeforeTool" },
    after: { ...payload, hook_event_name: "AfterTool", tool_response: { returnDisplay } },
  };
};

export const deliverAsOpenCode: Deliver = (facts) => {
  const { path, before, write } = facts;
  const told = stringly(
    { agent_trace_plugin: "opencode", session_id: "ses_1" },
    { edit: "edit", write: "write", field: "filePath", strings: camel },
  )(facts);
  const diff = unifiedDiff(facts);
  const tool_metadata =
    write !== undefined
      ? { exists: before !== null }
      : diff === undefined
        ? {}
        : { filediff: { file: path, patch: `Index: ${path}\n--- ${path}\n+++ ${path}\n${diff}` } };
  return { ...told, after: { ...told.after, tool_metadata } };
};

export const deliverAsCursor: Deliver = (facts) => {
  const { root, path, call, write, before, oldText, newText, steps } = facts;
  const common = {
    conversation_id: "c",
    generation_id: call,
    cursor_version: "1.7",
    workspace_roots: [root],
  };
  if (write !== undefined) {
    const payload = {
      ...common,
      tool_name: "Write",
      tool_input: { file_path: path, content: write },
      cwd: "",
    };
    return {
      before: { ...payload, hook_event_name: "preToolUse" },
      after: { ...payload, hook_event_name: "postToolUse" },
      needsBefore: before !== null,
    };
  }
  const edits = steps.map(() => ({ old_string: oldText, new_string: newText }));
  return { after: { ...common, hook_event_name: "afterFileEdit", file_path: path, edits } };
};

export const deliverAsWindsurf: Deliver = ({
  root,
  path,
  call,
  before,
  write,
  oldText,
  newText,
  steps,
}) => ({
  after: {
    agent_action_name: "post_write_code",
    trajectory_id: "t",
    execution_id: call,
    cwd: root,
    tool_info: {
      file_path: path,
      edits:
        write === undefined
          ? steps.map(() => ({ old_string: oldText, new_string: newText }))
          : [{ old_string: before ?? "", new_string: write }],
    },
  },
});

export const deliverAsCopilot: Deliver = (facts) => {
  const { root, path, call, write, before, oldText, newText, replaceAll, after } = facts;
  const time = Number(call.replace("toolu_", "")) + 1_795_580_530_000;
  // It replaces in one place only, and makes no file anew.
  const isWhole = write !== undefined || replaceAll;
  const toolArgs = !isWhole
    ? { path, old_str: oldText, new_str: newText }
    : before === null
      ? { path, file_text: after }
      : { path, old_str: before, new_str: after };
  const toolName = write !== undefined && before === null ? "create" : "edit";
  const toolResult = { resultType: "success", textResultForLlm: "ok" };
  return {
    after: { sessionId: "s-1234567", timestamp: time, cwd: root, toolName, toolArgs, toolResult },
  };
};

export const deliverAsCline: Deliver = ({ root, path, call, write, before, steps }) => {
  const block = (lines: readonly TrackedLine[]): string =>
    lines.map(({ text }) => `${text}\n`).join("");
  const diff = steps
    .map(({ removed, put }) => {
      const after = block(put.map(({ line }) => line));
      return `------- SEARCH\n${block(removed)}=======\n${after}+++++++ REPLACE\n`;
    })
    .join("");
  const details = {
    toolName: write === undefined ? "replace_in_file" : "write_to_file",
    parameters: { path, ...(write === undefined ? { diff } : { content: write }) },
    success: true,
  };
  const common = { clineVersion: "3.0.0", taskId: "k", timestamp: call, workspaceRoots: [root] };
  return {
    before: { ...common, hookName: "PreToolUse", preToolUse: details },
    after: { ...common, hookName: "PostToolUse", postToolUse: details },
    needsBefore: write !== undefined && before !== null,
  };
};

export const deliverAsGeneric: Deliver = ({ root, path, call, before, after, steps }) => ({
  after: {
    agent_trace_event: 1,
    agent: { name: "my-agent" },
    event: "after_edit",
    cwd: root,
    call_id: call,
    edits: [
      before === null
        ? { path, before, after }
        : {
            path,
            before,
            replacements: steps.flatMap(({ start, removed, put }) =>
              removed.length === 0
                ? [
                    {
                      old: "",
                      new: `${put.map(({ line }) => line.text).join("\n")}\n`,
                      line: start + 1,
                    },
                  ]
                : [
                    {
                      old: removed.map(({ text }) => text).join("\n"),
                      new: put.map(({ line }) => line.text).join("\n"),
                      line: start + 1,
                    },
                  ],
            ),
          },
    ],
  },
});
