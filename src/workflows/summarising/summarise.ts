import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import type { ConversationId } from "../../schema/ids.ts";
import type { Summary } from "../../schema/summary.ts";
import { formatRecordTime } from "../../schema/time.ts";
import { tryLockFile } from "../../store/files/lock.ts";
import { readProjectConfig } from "../../store/project-settings.ts";
import { appendSummary } from "../../store/records.ts";
import { readLiveCopy } from "../../store/transcripts/live-copy.ts";
import { maskedTranscripts, textMasker } from "../exchange/read-transcript.ts";
import { noteSummary } from "../notes/note-summary.ts";
import type { StoredProject } from "../projects/find-project.ts";
import { runProgram } from "./run-program.ts";
import { splitCommand } from "./split-command.ts";
import { ownCommand, summariserEnvironment } from "./summariser-world.ts";

/** As `init` writes it; a summariser that hangs must end some day. */
const usualSeconds = 120;
const longestSummary = 64 * 1024;

/** What is being made at this moment: two sessions may end at once, and one conversation more than once. */
export class AlreadyAtWork extends AppError {
  constructor() {
    super("failed", "a summary of this conversation is being made", { hint: "wait for it to end" });
  }
}

/**
 * Has the person's command summarise a conversation, and keeps what it printed. The command gets the conversation with
 * its secrets masked, and what it prints is masked again: a summary leaves this machine with the next push.
 */
export async function summarise(
  context: Context,
  { paths, git }: StoredProject,
  id: ConversationId,
): Promise<Summary> {
  const settings = readProjectConfig(paths, context.terminal.warn)?.summary;
  const words = splitCommand(settings?.command ?? "");
  if (words.length === 0) throw noCommand();
  const path = join(paths.directory, "summarising", id);
  using lock = tryLockFile(path);
  if (lock === undefined) throw new AlreadyAtWork();
  try {
    const transcript = await maskedTranscripts(context, paths).read(id);
    if (transcript === undefined) {
      throw new AppError("not_found", "this conversation is not kept on this machine", {
        hint: "run `agent-trace pull` if a teammate has it",
      });
    }
    // The name stands for us, whatever is called so on PATH.
    const [name = "", ...rest] = words;
    const command = name === "agent-trace" ? [...ownCommand(context.program), ...rest] : words;
    const printed = await runProgram(command, {
      input: transcript,
      seconds: settings?.timeout_seconds ?? usualSeconds,
      cwd: git?.repository.workTree ?? paths.directory,
      environment: summariserEnvironment(context),
      signal: context.signal,
    });
    const summary = (await textMasker(context, paths))(printed.trim());
    checkSummary(summary, name);
    const session = readLiveCopy(paths, id)?.session;
    const row = {
      conversation_id: id,
      summary,
      created_at: formatRecordTime(context.now()),
      ...(session === undefined ? {} : { session_id: session }),
    };
    appendSummary(paths, row);
    if (git !== undefined) await noteSummary({ paths, git }, row);
    return row;
  } finally {
    rmSync(path, { force: true });
  }
}

export function noCommand(): AppError {
  return new AppError("usage", "no summariser is chosen", {
    hint: "run `agent-trace summary presets` to see those that are there, then `agent-trace summary use <preset>`",
  });
}

function checkSummary(summary: string, name: string): void {
  if (summary === "") throw new AppError("failed", `\`${name}\` printed nothing`);
  if (Buffer.byteLength(summary) > longestSummary) {
    throw new AppError("failed", `\`${name}\` printed more than 64 KiB, which is no summary`);
  }
}
