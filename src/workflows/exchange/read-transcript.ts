import { readFileSync } from "node:fs";
import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import type { ProjectPaths } from "../../store/files/paths.ts";
import { readRewritten } from "../../store/transcripts/read-rewritten.ts";
import type { Rewrite } from "../../store/transcripts/rewrite.ts";
import { findRawTranscript } from "../../store/transcripts/transcript.ts";
import { rewriteOf } from "./redact-transcripts.ts";

/** Reads a conversation by its id; undefined where there is nothing to read. */
export type ReadTranscript = (id: string) => Promise<Buffer | undefined>;

/** Transcripts as they leave this machine and as others have them. What cannot be masked is told, and not read. */
export function maskedTranscripts(context: Context, project: ProjectPaths): ReadTranscript {
  const { warn } = context.terminal;
  let known: { readonly rewrite: Rewrite | undefined } | undefined;
  return (id) =>
    orTell(id, warn, async () => {
      known ??= { rewrite: await rewriteOf(context, project) };
      return readRewritten(project, id, { ...known, warn });
    });
}

/** Masks texts, each by itself, as transcripts are masked. */
export async function textMasker(
  context: Context,
  project: ProjectPaths,
): Promise<(text: string) => string> {
  const rewrite = await rewriteOf(context, project);
  return (text) => {
    const rewriting = rewrite?.begin();
    if (rewriting === undefined) return text;
    const bytes = [rewriting.write(Buffer.from(text)), rewriting.end()];
    return Buffer.concat(bytes).toString("utf8");
  };
}

/**
 * Transcripts as the agents wrote them, of what was recorded on this machine. Only for the eyes of who sits before it:
 * refused where the answer goes into a pipe or a file, unless that was asked for.
 */
export function rawTranscripts(
  context: Context,
  project: ProjectPaths,
  { yes }: { readonly yes: boolean },
): ReadTranscript {
  const { terminal } = context;
  if (!terminal.stdout.isTerminal && !yes) {
    throw new AppError("usage", "`--unredacted` would write secrets into a pipe or a file", {
      hint: "add `--yes` if that is meant",
    });
  }
  terminal.note(
    "unredacted: read from this machine's own copies, with the secrets that stand in them",
  );
  return (id) =>
    orTell(id, terminal.warn, async () => {
      const kept = findRawTranscript(project, id);
      if (kept !== undefined) return readFileSync(kept.path);
      terminal.warn(
        `conversation ${id.slice(0, 12)} was recorded elsewhere`,
        "leave `--unredacted` out to see it as it was shared",
      );
      return undefined;
    });
}

async function orTell(
  id: string,
  warn: (message: string) => void,
  read: () => Promise<Buffer | undefined>,
): Promise<Buffer | undefined> {
  try {
    return await read();
  } catch (error) {
    const reason = error instanceof AppError ? `: ${error.message}` : "";
    warn(`the transcript of conversation ${id.slice(0, 12)} cannot be read${reason}`);
    return undefined;
  }
}
