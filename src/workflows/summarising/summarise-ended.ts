import { statSync } from "node:fs";
import { parseTurns } from "../../capture/read-turns.ts";
import type { Context } from "../../context.ts";
import type { ConversationId } from "../../schema/ids.ts";
import { readProjectConfig } from "../../store/project-settings.ts";
import { openHistory } from "../../store/open-history.ts";
import { findTranscript } from "../../store/transcripts/transcript.ts";
import { maskedTranscripts } from "../exchange/read-transcript.ts";
import { type StoredProject } from "../projects/find-project.ts";
import { noteHookFailure, reasonOf } from "../provenance/hook-failure.ts";
import { AlreadyAtWork, summarise } from "./summarise.ts";

/** Summarises the conversation of a session that has ended. Nobody sees what goes wrong: it is kept for `doctor`. */
export async function summariseEnded(
  context: Context,
  project: StoredProject,
  id: ConversationId,
): Promise<void> {
  try {
    if (await hasNews(context, project, id)) await summarise(context, project, id);
  } catch (error) {
    if (error instanceof AlreadyAtWork || context.signal.aborted) return;
    noteHookFailure(context, { hook: "summary", reason: reasonOf(error) });
  }
}

/** Whether anything was said, and something since it was summarised last. The settings may have changed meanwhile. */
async function hasNews(
  context: Context,
  { paths }: StoredProject,
  id: ConversationId,
): Promise<boolean> {
  if (readProjectConfig(paths, context.terminal.warn)?.summary?.enabled !== true) return false;
  const kept = findTranscript(paths, id, () => {});
  if (kept === undefined) return false;
  using history = openHistory(paths);
  const before = history.summaryTimes([id]).get(id);
  if (before !== undefined && Date.parse(before) > statSync(kept.path).mtimeMs) return false;
  const transcript = await maskedTranscripts(context, paths).read(id);
  return transcript !== undefined && parseTurns(transcript.toString("utf8")).length > 0;
}
