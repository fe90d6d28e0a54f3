import { isObject } from "../../schema/is-object.ts";
import type { RowResource } from "../../schema/resource.ts";
import type { Rewrite } from "../transcripts/rewrite.ts";
import { rewriteText } from "../transcripts/resume-rewriting.ts";

/** What rows hold of what was said, or of a person's files, in the form in which it may leave. */
export type RowMasker = (resource: RowResource, text: string) => string;

/**
 * Summaries are rewritten as transcripts are. Of all other rows only the names of files are: hashes and ids are what makes
 * them worth something, and must never be taken for a secret.
 */
export function rowMasker(rewrite: Rewrite): RowMasker {
  const maskedName = (name: string): string => rewrite.maskName?.(name) ?? name;
  return (resource, text) => {
    if (resource === "summaries") return rewriteText(rewrite, text);
    let row = text;
    for (const quoted of quotedNames(resource, text)) {
      const name = readString(quoted);
      const masked = name === undefined ? undefined : maskedName(name);
      if (masked !== name) row = row.replaceAll(quoted, () => JSON.stringify(masked));
    }
    return row;
  };
}

const string = String.raw`"(?:[^"\\]|\\.)*"`;
const ofTrace = new RegExp(String.raw`"path"\s*:\s*(${string})`, "g");
const ofLedger = new RegExp(String.raw`(${string})\s*:\s*\{\s*"line_attributions"`, "g");

/** The names of files in a row, quoted as they stand there. Looking for them as they are written costs little. */
function* quotedNames(resource: RowResource, text: string): Generator<string> {
  const shape = resource === "traces" ? ofTrace : ofLedger;
  for (const [, quoted = ""] of text.matchAll(shape)) yield quoted;
  if (resource !== "commit_links") return;
  const value: unknown = JSON.parse(text);
  const changed = isObject(value) ? value["files_changed"] : undefined;
  if (!Array.isArray(changed)) return;
  for (const name of changed) if (typeof name === "string") yield JSON.stringify(name);
}

function readString(quoted: string): string | undefined {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return undefined;
  }
}
