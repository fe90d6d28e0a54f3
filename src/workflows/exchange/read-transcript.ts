import { readFileSync } from "node:fs";
import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import type { ProjectPaths } from "../../store/files/paths.ts";
import { rewriteText } from "../../store/transcripts/resume-rewriting.ts";
import { readRewritten } from "../../store/transcripts/read-rewritten.ts";
import type { Rewrite } from "../../store/transcripts/rewrite.ts";
import { findRawTranscript } from "../../store/transcripts/transcript.ts";
import { rewriteOf } from "./redact-transcripts.ts";

/** What was said, in the form in which it is to be shown. */
export interface WhatWasSaid {
  /** The transcript of a conversation; undefined where there is nothing to read. */
  read(conversation: string): Promise<Buffer | undefined>;
  /** A text by itself, such as a summary. */
  mask(text: string): Promise<string>;
}

/** Transcripts as they leave this machine and as others have them. What cannot be masked is told, and not read. */
export function maskedTranscripts(context: Context, project: ProjectPaths): WhatWasSaid {
  const { warn } = context.terminal;
  let known: Promise<Rewrite | undefined> | undefined;
  // Made when the first is asked for.
  const rewriting = (): Promise<Rewrite | undefined> => (known ??= rewriteOf(context, project));
  return {
    read: (id) =>
      orTell(id, warn, async () =>
        readRewritten(project, id, { rewrite: await rewriting(), warn }),
      ),
    mask: async (text) => maskText(await rewriting(), text),
  };
}

/** Masks texts, each by itself, as transcripts are masked. */
export async function textMasker(
  context: Context,
  project: ProjectPaths,
): Promise<(text: string) => string> {
  const rewrite = await rewriteOf(context, project);
  return (text) => maskText(rewrite, text);
}

function maskText(rewrite: Rewrite | undefined, text: string): string {
  return rewrite === undefined ? text : rewriteText(rewrite, text);
}

/**
 * Transcripts as the agents wrote them, of what was recorded on this machine. Only for the eyes of who sits before it:
 * refused where the answer goes into a pipe or a file, unless that was asked for.
 */
export function rawTranscripts(
  context: Context,
  project: ProjectPaths,
  { yes }: { readonly yes: boolean },
): WhatWasSaid {
  const { terminal } = context;
  if (!terminal.stdout.isTerminal && !yes) {
    throw new AppError("usage", "`--unredacted` would write secrets into a pipe or a file", {
      hint: "add `--yes` if that is meant",
    });
  }
  terminal.note(
    "unredacted: read from this machine's own copies, with the secrets that stand in them",
  );
  const read = async (id: string): Promise<Buffer | undefined> => {
    const kept = findRawTranscript(project, id);
    if (kept !== undefined) return readFileSync(kept.path);
    terminal.warn(
      `conversation ${id.slice(0, 12)} was recorded elsewhere`,
      "leave `--unredacted` out to see it as it was shared",
    );
    return undefined;
  };
  return { read: (id) => orTell(id, terminal.warn, () => read(id)), mask: async (text) => text };
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
