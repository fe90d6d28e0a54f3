import type { Context } from "../../context.ts";
import { AppError, exitCodes } from "../../errors.ts";
import { noteExchangeTimes, readExchangeTimes } from "../../store/exchange/exchange-times.ts";
import { readProjectConfig } from "../../store/project-settings.ts";
import { plural, visible } from "../../terminal/text.ts";
import { readLacks } from "../health/read-status.ts";
import { sendsCounts } from "./counts-setting.ts";
import { findStoredProject } from "../projects/find-project.ts";
import { findRemote, transcriptPolicy } from "../remotes/find-remote.ts";

export interface FinishedExchange {
  readonly remote: string | undefined;
  readonly exitCode: number;
  readonly did: readonly ("pushed_at" | "pulled_at")[];
}

/** Notes for `status` when an exchange was done, single items aside. Gives the exit code on. */
export function noteExchange(
  context: Context,
  { remote, exitCode, did }: FinishedExchange,
): number {
  if (exitCode !== exitCodes.ok && exitCode !== exitCodes.partial) return exitCode;
  const { paths } = findStoredProject(context);
  const { name } = findRemote(context, paths, remote);
  const now = context.now().toISOString();
  const times = Object.fromEntries(did.map((key) => [key, now]));
  const { warn } = context.terminal;
  try {
    noteExchangeTimes(paths, { remote: name, times }, warn);
  } catch (error) {
    // The exchange is done: that its time cannot be noted makes it no failure.
    if (!(error instanceof AppError)) throw error;
    warn(error.message, error.hint);
  }
  return exitCode;
}

/** Before the first push to a remote, a person at a terminal is told what leaves this machine. */
export async function announceFirstPush(
  context: Context,
  { remote, transcripts }: { readonly remote: string | undefined; readonly transcripts: boolean },
): Promise<void> {
  const { terminal, options } = context;
  if (!terminal.stdout.isTerminal || terminal.json || options.offline) return;
  const { paths } = findStoredProject(context);
  const found = findRemote(context, paths, remote);
  const { name, url } = found;
  const policy = transcriptPolicy(found.remote);
  if (readExchangeTimes(paths, terminal.warn).get(name)?.pushed_at !== undefined) return;
  const lacks = await readLacks(context, { name, transcripts: policy });
  const rows = [
    plural(lacks.traces, "trace"),
    plural(lacks.ledgers, "ledger"),
    plural(lacks.commit_links, "commit link"),
  ];
  const said = plural(lacks.conversations, "conversation");
  terminal.note(`First push to ${visible(name)} (${visible(url.url)}). This leaves your machine:`);
  terminal.note(`  ${rows.join(", ")}: which lines agents wrote, without their text`);
  if (sendsCounts(paths, terminal.warn))
    terminal.note("  commits: their files, and how many lines they added to each (not their text)");
  if (!transcripts || policy === "none") return;
  const isMasked = readProjectConfig(paths, terminal.warn)?.redaction?.enabled !== false;
  const how = isMasked ? "with secrets masked" : "with the secrets that stand in it";
  terminal.note(`  ${said}: what you and the agents said, ${how}`);
}
