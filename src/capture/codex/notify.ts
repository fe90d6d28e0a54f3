import type { HookFile } from "../agent-hooks.ts";
import { isRecordCommand } from "../json-hooks.ts";

/** A top-level `notify = [ … ]`, in one line or several, before the first table. */
const notify = /^notify[ \t]*=[ \t]*(\[[^\]]*\])[^\n]*(?:\n|$)/m;

/**
 * `notify` in Codex' settings, as the tool that came before us wrote it. It tells of no file, so we put none there: one
 * that is there is seen, kept, and taken out with the rest.
 */
export function notifyFile(path: string): HookFile {
  return {
    path,
    isOptional: true,
    install: (text) => text ?? "",
    remove(text) {
      const found = find(text);
      return found === undefined ? text : text.replace(found.line, "");
    },
    read(text) {
      const found = find(text);
      const calls = new Map(found === undefined ? [] : [["notify", found.command]]);
      return { calls, isComplete: found !== undefined };
    },
  };
}

function find(text: string): { line: string; command: string } | undefined {
  const table = text.search(/^[ \t]*\[/m);
  const head = table < 0 ? text : text.slice(0, table);
  const match = notify.exec(head);
  const words = [...(match?.[1] ?? "").matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'/g)];
  const command = words.map(([, quoted, literal]) => quoted ?? literal ?? "").join(" ");
  return match !== null && isRecordCommand(command) ? { line: match[0], command } : undefined;
}
