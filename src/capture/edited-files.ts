import { type Payload, asObject, nameField } from "./payload.ts";

/** The files that a session edited, as its transcript tells, when, and with which model. */
export interface SessionEdits {
  /** As the transcript has them: absolute, or relative to where the agent stood. */
  readonly paths: readonly string[];
  /** ISO 8601, of the last edit. */
  readonly time: string | undefined;
  readonly model: string | undefined;
  readonly cwd: string | undefined;
}

/** Reads JSON lines of Claude Code, Codex, Pi and Gemini CLI; what failed is left out. */
export function readEditedFiles(transcript: string): SessionEdits {
  const paths = new Set<string>();
  let time: string | undefined;
  let model: string | undefined;
  let cwd: string | undefined;
  for (const line of transcript.split("\n")) {
    let row;
    try {
      row = asObject(JSON.parse(line));
    } catch {
      continue;
    }
    if (row === undefined) continue;
    const payload = asObject(row["payload"]);
    const message = asObject(row["message"]);
    cwd ??= nameField(row, "cwd") ?? nameField(payload, "cwd");
    model =
      nameField(message, "model") ??
      (row["type"] === "turn_context" ? nameField(payload, "model") : nameField(row, "model")) ??
      model;
    const found = [...claudePaths(row), ...codexPaths(payload), ...callPaths(row, message)];
    for (const path of found) paths.add(path);
    if (found.length > 0) time = nameField(row, "timestamp") ?? time;
  }
  return { paths: [...paths], time, model, cwd };
}

function claudePaths(row: Payload): string[] {
  const result = asObject(row["toolUseResult"]);
  const isEdit = result !== undefined && ("structuredPatch" in result || "updated_file" in result);
  const path = nameField(result, "filePath", "notebook_path");
  return isEdit && path !== undefined ? [path] : [];
}

function codexPaths(payload: Payload | undefined): string[] {
  const item = asObject(payload?.["item"]);
  if (item?.["type"] !== "FileChange" || nameField(item, "status") === "failed") return [];
  const changes = Object.entries(asObject(item["changes"]) ?? {});
  return changes.map(([path, change]) => nameField(asObject(change), "move_path") ?? path);
}

const editors = new Set(["write", "edit", "write_file", "replace"]);

function callPaths(row: Payload, message: Payload | undefined): string[] {
  const calls: unknown[] = [row["toolCalls"], message?.["content"]].flatMap((list) =>
    Array.isArray(list) ? (list as unknown[]) : [],
  );
  return calls.flatMap((value) => {
    const call = asObject(value);
    if (!editors.has(nameField(call, "name") ?? "")) return [];
    if (nameField(call, "status") === "error") return [];
    const given = asObject(call?.["args"]) ?? asObject(call?.["arguments"]);
    return nameField(given, "file_path", "path") ?? [];
  });
}
