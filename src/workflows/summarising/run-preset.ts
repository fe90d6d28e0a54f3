import { join } from "node:path";
import { parseTurns } from "../../capture/read-turns.ts";
import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { makePrivateDirectory } from "../../store/files/private-files.ts";
import { type Preset, instructions } from "./presets.ts";
import { type ProgramRun, runProgram } from "./run-program.ts";
import { summariserEnvironment } from "./summariser-world.ts";

/** A day: it is whoever called us that knows when it is enough. */
const longEnough = 86_400;

/** Gives a conversation to a preset's program, with the instructions before it, and what that printed. */
export async function runPreset(
  context: Context,
  preset: Preset,
  { transcript, model }: { readonly transcript: string; readonly model: string | undefined },
): Promise<string> {
  const spoken = spokenWords(transcript);
  if (spoken === "") throw new AppError("failed", "nothing was said in this conversation");
  // Not in the repository: what the agent keeps of its own session must not stand among the person's. Nor where our
  // tokens and unmasked transcripts are: agents read what is around them without asking.
  const cwd = join(context.home, "summariser");
  makePrivateDirectory(cwd);
  const run: ProgramRun = {
    input: Buffer.from(`${instructions}\n\n<conversation>\n${spoken}\n</conversation>\n`),
    seconds: longEnough,
    cwd,
    environment: summariserEnvironment(context),
    signal: context.signal,
  };
  const check = preset.check?.(model);
  if (check !== undefined) await mustSucceed(check, run);
  return await runProgram(preset.command(model), run);
}

async function mustSucceed(
  { command, hint }: NonNullable<ReturnType<NonNullable<Preset["check"]>>>,
  run: ProgramRun,
): Promise<void> {
  try {
    await runProgram(command, { ...run, input: new Uint8Array(0) });
  } catch (error) {
    if (!(error instanceof AppError) || run.signal.aborted) throw error;
    throw new AppError("failed", error.message, { hint: error.hint ?? hint });
  }
}

/** More than that no model reads well: then the beginning, where the wish stands, and more of the end. */
const mostBeginning = 100_000;
const mostEnd = 300_000;

function spokenWords(transcript: string): string {
  const turns = parseTurns(transcript);
  const text =
    turns.length === 0
      ? transcript.trim()
      : turns.map(({ speaker, text: said }) => `${speaker}: ${said}`).join("\n\n");
  if (text.length <= mostBeginning + mostEnd) return text;
  const left = text.length - mostBeginning - mostEnd;
  const end = text.slice(-mostEnd).toWellFormed();
  return `${text.slice(0, mostBeginning).toWellFormed()}\n\n[${left} characters left out]\n\n${end}`;
}
