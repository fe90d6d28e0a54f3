import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import type { ProjectPaths } from "../../store/files/paths.ts";
import { findTranscript } from "../../store/transcripts/transcript.ts";
import { findStoredProject } from "../projects/find-project.ts";

const largest = 512 * 1024 * 1024;

/** The bytes of a file, or of a conversation that is kept here, and the project whose settings count. */
export function openForRedaction(
  context: Context,
  what: string,
): { readonly bytes: Uint8Array; readonly project: ProjectPaths | undefined } {
  const project = projectHere(context);
  const kept = project && findTranscript(project, what, context.terminal.warn);
  const path = kept?.path ?? resolve(context.cwd, what);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isFile() !== true || stats.size > largest) {
    const reason =
      stats === undefined
        ? "there is neither a file nor a conversation"
        : "no regular file of at most 512 MiB is";
    throw new AppError("not_found", `${reason} called \`${what}\``, {
      hint: "name a file; `agent-trace context <file> --json` prints the ids of conversations",
    });
  }
  return { bytes: readFileSync(path), project };
}

function projectHere(context: Context): ProjectPaths | undefined {
  try {
    return findStoredProject(context).paths;
  } catch {
    return undefined;
  }
}
