import type { AgentEdit, Hunk, Replacement } from "../schema/agent-event.ts";

/** A file set as a whole; `before` as in `AgentEdit.textBefore`. */
export function writeEdit(path: string, content: string, before?: string | null): AgentEdit {
  return {
    path,
    kind: "write",
    replacements: [],
    textBefore: before,
    textAfter: content,
    userModified: false,
  };
}

export function replaceEdit(path: string, replacements: readonly Replacement[]): AgentEdit {
  return { path, kind: "replace", replacements, userModified: false };
}

export function deleteEdit(path: string): AgentEdit {
  return { path, kind: "delete", replacements: [], userModified: false };
}

/** What a unified diff says of one file: positions, and the same as replacements, of which each knows its place. */
export interface UnifiedDiff {
  readonly hunks: readonly Hunk[];
  readonly replacements: readonly Replacement[];
}

/** Reads the hunks of a unified diff of one file; undefined where any of it is not as it should be. */
export function parseUnifiedDiff(diff: string): UnifiedDiff | undefined {
  const lines = diff.split("\n");
  const hunks: Hunk[] = [];
  const replacements: Replacement[] = [];
  let at = lines.findIndex((line) => line.startsWith("@@ "));
  if (at < 0) return undefined;
  while (at < lines.length) {
    const header = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(lines[at] ?? "");
    if (header === null) return lines.slice(at).every((line) => line === "") ? done() : undefined;
    const count = (text: string | undefined): number => (text === undefined ? 1 : Number(text));
    const oldLines = count(header[2]);
    const newLines = count(header[4]);
    let kinds = "";
    const old: string[] = [];
    const put: string[] = [];
    at++;
    while (old.length < oldLines || put.length < newLines || lines[at]?.startsWith("\\")) {
      const line = lines[at++];
      if (line === undefined) return undefined;
      if (line.startsWith("\\")) continue;
      // Some programs cut the blank off a line of context that is empty.
      const kind = line === "" ? " " : line.charAt(0);
      if (!" -+".includes(kind)) return undefined;
      kinds += kind;
      if (kind !== "+") old.push(line.slice(1));
      if (kind !== "-") put.push(line.slice(1));
    }
    if (old.length !== oldLines || put.length !== newLines) return undefined;
    const oldStart = Number(header[1]);
    const newStart = Number(header[3]);
    hunks.push({ oldStart, oldLines, newStart, newLines, kinds });
    const line = newLines === 0 ? newStart + 1 : newStart;
    replacements.push({
      oldText: old.join("\n"),
      newText: old.length === 0 ? `${put.join("\n")}\n` : put.join("\n"),
      replaceAll: false,
      at: { line: Math.max(1, line), column: 1 },
    });
  }
  return done();

  function done(): UnifiedDiff | undefined {
    return hunks.length === 0 ? undefined : { hunks, replacements };
  }
}

/** An edit of which a unified diff tells both texts and positions. */
export function diffEdit(path: string, diff: string, movedFrom?: string): AgentEdit | undefined {
  const parsed = parseUnifiedDiff(diff);
  if (parsed === undefined) return undefined;
  return { ...replaceEdit(path, parsed.replacements), hunks: parsed.hunks, movedFrom };
}

/** The edits of a patch in the form `*** Begin Patch`; empty where it is none. It has no positions. */
export function parsePatch(patch: string): AgentEdit[] {
  const begin = patch.indexOf("*** Begin Patch");
  if (begin < 0) return [];
  const edits: AgentEdit[] = [];
  let path = "";
  let movedFrom: string | undefined;
  let mode: "add" | "update" | undefined;
  let added: string[] = [];
  let replacements: Replacement[] = [];
  let old: string[] = [];
  let put: string[] = [];
  const endHunk = (): void => {
    if (old.join("\n") !== put.join("\n") || old.length !== put.length) {
      const newText = old.length === 0 ? `${put.join("\n")}\n` : put.join("\n");
      replacements.push({ oldText: old.join("\n"), newText, replaceAll: false });
    }
    old = [];
    put = [];
  };
  const endFile = (): void => {
    endHunk();
    if (mode === "add") {
      edits.push(writeEdit(path, added.map((line) => `${line}\n`).join(""), null));
    } else if (mode === "update" && (replacements.length > 0 || movedFrom !== undefined)) {
      edits.push({ ...replaceEdit(path, replacements), movedFrom });
    }
    mode = undefined;
    movedFrom = undefined;
    added = [];
    replacements = [];
  };
  for (const raw of patch.slice(begin).split("\n")) {
    const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    const head = /^\*\*\* (Add|Update|Delete) File: (.+)$/.exec(line);
    if (head !== null) {
      endFile();
      path = (head[2] ?? "").trim();
      if (head[1] === "Delete") edits.push(deleteEdit(path));
      else mode = head[1] === "Add" ? "add" : "update";
    } else if (line.startsWith("*** Move to: ")) {
      movedFrom = path;
      path = line.slice("*** Move to: ".length).trim();
    } else if (line.startsWith("*** End Patch")) break;
    else if (mode === "add" && line.startsWith("+")) added.push(line.slice(1));
    else if (mode !== "update" || line.startsWith("*** ")) continue;
    else if (line.startsWith("@@")) endHunk();
    else {
      if (!line.startsWith("+")) old.push(line.slice(1));
      if (!line.startsWith("-")) put.push(line.slice(1));
    }
  }
  endFile();
  return edits;
}
