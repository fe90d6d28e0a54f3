import type { AgentEdit, AgentEvent, Replacement } from "../schema/agent-event.ts";
import { deleteEdit, parsePatch, replaceEdit, writeEdit } from "./edits.ts";
import { type Payload, asObject, field, nameField, textField } from "./payload.ts";

/** What a tool call does to files, as far as its name and its arguments tell. */
export interface ToolCall {
  readonly edits: readonly AgentEdit[];
  /** It runs a command, or edits files without telling how: what changed must be found by comparing. */
  readonly isShell: boolean;
  readonly command?: string | undefined;
  readonly isBackground?: boolean | undefined;
}

const nothing: ToolCall = { edits: [], isShell: false };

/** Tools that run commands, as agents name them; letters only, in lower case. */
const shells = new Set([
  "bash",
  "shell",
  "shellcommand",
  "execcommand",
  "localshellcall",
  "localshell",
  "powershell",
  "execute",
  "terminal",
  "runshellcommand",
  "runinterminal",
  "runterminalcmd",
  "runcommand",
  "executecommand",
  "runterminalcommand",
]);

/** Tools that change files. */
const editors = new Set([
  "write",
  "writefile",
  "writetofile",
  "create",
  "createfile",
  "edit",
  "editfile",
  "editfiles",
  "multiedit",
  "multireplacestringinfile",
  "inserteditintofile",
  "strreplace",
  "strreplaceeditor",
  "searchreplace",
  "replace",
  "replaceinfile",
  "replacestringinfile",
  "undoedit",
  "patch",
  "applypatch",
  "delete",
  "deletefile",
]);

/**
 * Reads a tool's arguments: an object, JSON text, or the text of a patch. Agents name the same few tools and fields in
 * their own ways; one that names something else in this way does not edit files by it.
 */
export function readToolCall(tool: string | undefined, input: unknown): ToolCall {
  if (tool === undefined) return nothing;
  const name = tool
    .replace(/^functions\./, "")
    .replaceAll(/[^A-Za-z]/g, "")
    .toLowerCase();
  const given = argumentsOf(input);
  if (shells.has(name)) return commandOf(given);
  if (!editors.has(name)) return nothing;
  const patch = typeof given === "string" ? given : patchOf(given);
  if (patch !== undefined) return { edits: parsePatch(patch), isShell: false };
  if (typeof given === "string") return nothing;
  const edits = editsOf(name, given);
  const paths = pathsOf(given);
  // It edits files and does not say what of them.
  if (edits.length === 0 && paths.length > 0) return { edits, isShell: true };
  return { edits, isShell: false };
}

function argumentsOf(input: unknown): Payload | string {
  if (typeof input !== "string") return asObject(input) ?? {};
  if (!input.trimStart().startsWith("{")) return input;
  try {
    return asObject(JSON.parse(input)) ?? input;
  } catch {
    return input;
  }
}

function commandOf(given: Payload | string): ToolCall {
  if (typeof given === "string") return { edits: [], isShell: true, command: given };
  const command = field(given, "command", "cmd", "command_line", "commandLine");
  const asked = field(
    given,
    "run_in_background",
    "runInBackground",
    "isBackground",
    "is_background",
  );
  const isBackground = asked === true || asked === "true" || given["mode"] === "async";
  return {
    edits: [],
    isShell: true,
    command: Array.isArray(command) ? command.join(" ") : textField({ command }, "command"),
    isBackground: isBackground ? true : undefined,
  };
}

function patchOf(given: Payload): string | undefined {
  for (const name of ["patch", "patchText", "patch_text", "input", "command", "diff"]) {
    const text = given[name];
    if (typeof text === "string" && text.includes("*** Begin Patch")) return text;
  }
  return undefined;
}

/** The path that a tool's arguments name, in any of its spellings. */
export function pathOf(given: Payload | undefined): string | undefined {
  return nameField(
    given,
    "file_path",
    "filePath",
    "path",
    "filepath",
    "target_file",
    "targetFile",
    "absolute_path",
    "file",
    "filename",
  );
}

function pathsOf(given: Payload): string[] {
  const path = pathOf(given);
  if (path !== undefined) return [path];
  const files = field(given, "files", "paths", "filePaths", "filepaths");
  return Array.isArray(files) ? files.filter((file) => typeof file === "string") : [];
}

function editsOf(name: string, given: Payload): AgentEdit[] {
  const path = pathOf(given);
  const steps = field(given, "edits", "replacements", "reflections");
  if (Array.isArray(steps)) return stepEdits(path, steps);
  if (path === undefined) return [];
  if (name === "delete" || name === "deletefile") return [deleteEdit(path)];
  const replacement = parseReplacement(given);
  if (replacement !== undefined) return [replaceEdit(path, [replacement])];
  const content = textField(given, "content", "contents", "file_text", "fileText", "text");
  if (content !== undefined) return [writeEdit(path, content)];
  const diff = textField(given, "diff");
  const blocks = diff === undefined ? [] : searchReplaceBlocks(diff);
  return blocks.length === 0 ? [] : [replaceEdit(path, blocks)];
}

/** Several replacements in one call: all of the call's file, or each naming its own. */
function stepEdits(path: string | undefined, steps: readonly unknown[]): AgentEdit[] {
  const byPath = new Map<string, Replacement[]>();
  for (const step of steps) {
    const own = pathOf(asObject(step)) ?? path;
    const replacement = parseReplacement(asObject(step));
    // Half of a call misleads more than nothing of it.
    if (own === undefined || replacement === undefined) return [];
    const known = byPath.get(own);
    if (known === undefined) byPath.set(own, [replacement]);
    else known.push(replacement);
  }
  return [...byPath].map(([file, replacements]) => replaceEdit(file, replacements));
}

/** One text for another, in any of the spellings. */
export function parseReplacement(given: Payload | undefined): Replacement | undefined {
  const oldText = textField(
    given,
    "old_string",
    "oldString",
    "old_str",
    "oldStr",
    "oldText",
    "old_text",
    "search",
  );
  const newText = textField(
    given,
    "new_string",
    "newString",
    "new_str",
    "newStr",
    "newText",
    "new_text",
    "replace",
  );
  if (oldText === undefined || newText === undefined) return undefined;
  const all = field(given, "replace_all", "replaceAll", "allow_multiple");
  return { oldText, newText, replaceAll: all === true || all === "true" };
}

/** The blocks `SEARCH … ======= … REPLACE` that some agents write their replacements in, line by line. */
function searchReplaceBlocks(diff: string): Replacement[] {
  const found: Replacement[] = [];
  let part: "none" | "search" | "replace" = "none";
  let old: string[] = [];
  let put: string[] = [];
  const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");
  for (const raw of diff.split("\n")) {
    const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    if (/^[-<]{3,} ?SEARCH>?[ \t]*$/.test(line)) {
      [part, old, put] = ["search", [], []];
    } else if (part === "search" && /^={3,}[ \t]*$/.test(line)) part = "replace";
    else if (part === "replace" && /^[+>]{3,} ?REPLACE>?[ \t]*$/.test(line)) {
      found.push({ oldText: joined(old), newText: joined(put), replaceAll: false });
      part = "none";
    } else if (part === "search") old.push(line);
    else if (part === "replace") put.push(line);
  }
  return found;
}

/** The parts of an event that a tool call fills. */
export function callFields(
  call: ToolCall,
): Pick<AgentEvent, "isShell" | "command" | "isBackground" | "edits"> {
  const { isShell, command, isBackground, edits } = call;
  return { isShell, command, isBackground, edits };
}
