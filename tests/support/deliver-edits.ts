import { appendFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { type TrackedEdit, type TrackedLine, cut } from "./tracked-file.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What an edit did: a whole text, or one text for another, and line by line in its steps. */
export interface AppliedEdit {
  readonly write: string | undefined;
  /** As it goes, with the line break behind a text that is taken out as a whole. */
  readonly oldText: string;
  /** As the agent of the session asked for it. */
  readonly asked: string;
  readonly newText: string;
  readonly replaceAll: boolean;
  readonly steps: readonly TrackedEdit[];
}

export interface EditFacts extends AppliedEdit {
  readonly root: string;
  readonly home: string;
  /** Absolute. */
  readonly path: string;
  readonly call: string;
  readonly before: string | null;
  readonly after: string;
}

/** The payloads by which an agent tells of an edit; `needsBefore`: without the first, nothing tells what was there. */
export interface Delivery {
  readonly before?: Fields;
  readonly after: Fields;
  readonly needsBefore?: boolean;
}

export type Deliver = (facts: EditFacts) => Delivery;

/** One step as a hunk: positions are right, and of a few agents the texts of lines are not those of the file. */
function hunkOf(
  { start, removed, put }: TrackedEdit,
  text: (line: TrackedLine) => string,
): { oldStart: number; oldLines: number; newStart: number; newLines: number; lines: string[] } {
  const lines: string[] = [];
  let old = 0;
  for (const { line, kept } of put) {
    if (kept) {
      while (removed[old] !== line) lines.push(`-${text(removed[old++]!)}`);
      old++;
    }
    lines.push(`${kept ? " " : "+"}${text(line)}`);
  }
  while (old < removed.length) lines.push(`-${text(removed[old++]!)}`);
  return {
    oldStart: removed.length === 0 ? start : start + 1,
    oldLines: removed.length,
    newStart: put.length === 0 ? start : start + 1,
    newLines: put.length,
    lines,
  };
}

/** A unified diff of the whole edit; undefined where two steps meet in one line. */
function unifiedDiff({ steps }: AppliedEdit): string | undefined {
  let grown = 0;
  let end = 0;
  const hunks: string[] = [];
  for (const step of steps) {
    if (step.start < end) return undefined;
    const { oldStart, oldLines, newStart, newLines, lines } = hunkOf(step, ({ text }) => text);
    hunks.push(`@@ -${oldStart - grown},${oldLines} +${newStart},${newLines} @@`, ...lines);
    grown += newLines - oldLines;
    end = step.start + newLines;
  }
  return `${hunks.join("\n")}\n`;
}

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
function stringly(
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

const snake = ({ oldText, newText, replaceAll }: EditFacts): Fields => ({
  old_string: oldText,
  new_string: newText,
  replace_all: replaceAll,
});
const camel = ({ oldText, newText, replaceAll }: EditFacts): Fields => ({
  oldString: oldText,
  newString: newText,
  replaceAll,
});
const short = ({ oldText, newText, replaceAll }: EditFacts): Fields => ({
  old_str: oldText,
  new_str: newText,
  replace_all: replaceAll,
});

/** Codex writes what it changed into its transcript before it tells of the call. */
const deliverAsCodex: Deliver = (facts) => {
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

const deliverAsGemini: Deliver = (facts) => {
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

const deliverAsOpenCode: Deliver = (facts) => {
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

const deliverAsCursor: Deliver = (facts) => {
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

const deliverAsWindsurf: Deliver = ({
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

const deliverAsCopilot: Deliver = (facts) => {
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

const deliverAsCline: Deliver = ({ root, path, call, write, before, steps }) => {
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

const deliverAsGeneric: Deliver = ({ root, path, call, before, after, steps }) => ({
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

/** How each agent would tell of an edit. */
export const deliveries: Readonly<Record<string, Deliver>> = {
  "claude-code": deliverAsClaudeCode,
  cursor: deliverAsCursor,
  codex: deliverAsCodex,
  "gemini-cli": deliverAsGemini,
  copilot: deliverAsCopilot,
  "vscode-copilot": stringly(
    { extensionId: "github.copilot", hookEventName: "x" },
    { edit: "replace_string_in_file", write: "create_file", field: "filePath", strings: camel },
  ),
  opencode: deliverAsOpenCode,
  windsurf: deliverAsWindsurf,
  amp: stringly(
    { agent_trace_plugin: "amp" },
    { edit: "edit_file", write: "create_file", field: "path", strings: short },
  ),
  droid: stringly(
    { transcript_path: "/home/me/.factory/sessions/s.jsonl" },
    { edit: "Edit", write: "Create", strings: short },
  ),
  continue: stringly(
    { transcript_path: "/home/me/.continue/sessions/s.jsonl" },
    { edit: "edit", write: "Write", strings: snake },
  ),
  cline: deliverAsCline,
  pi: stringly(
    { agent_trace_plugin: "pi" },
    {
      edit: "edit",
      write: "write",
      field: "path",
      strings: ({ oldText, newText, steps }) => ({
        edits: steps.map(() => ({ oldText, newText })),
      }),
    },
  ),
  generic: deliverAsGeneric,
};
