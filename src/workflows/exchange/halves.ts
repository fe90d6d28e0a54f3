import type { Context } from "../../context.ts";
import { AppError, exitCodes } from "../../errors.ts";
import type { Outcome } from "../../sync/outcome.ts";
import type { PushChoice } from "../../sync/plan-push.ts";
import { type PullChoice, pull } from "../../sync/pull.ts";
import { push } from "../../sync/push.ts";
import { visible } from "../../terminal/text.ts";
import { countByRule, describeMasked, listRedactions, showRedactions } from "./list-redactions.ts";
import { describePull, describePush, exchangeDocument } from "./describe.ts";
import type { Exchange } from "./exchange.ts";

/** What one half of an exchange came to: its exit code, and its part of a JSON answer. */
export interface Half {
  readonly exitCode: number;
  readonly document: object;
}

export async function pushHalf(
  context: Context,
  exchange: Exchange,
  { showsRedactions = false, ...asked }: PushChoice & { readonly showsRedactions?: boolean },
): Promise<Half> {
  const choice = { ...asked, transcripts: asked.transcripts && exchange.transcripts };
  const outcome = await push({ ...exchange, choice });
  if (choice.only === "all" && choice.since === undefined) await sendCounts(context, exchange);
  exchange.endProgress();
  const exitCode = reportFailures(context, outcome);
  for (const line of describePush(exchange, outcome, choice)) context.terminal.print(line);
  for (const line of describeMasked(outcome, exchange.dryRun)) context.terminal.print(line);
  const listed = showsRedactions ? await listRedactions(context, outcome) : undefined;
  if (listed !== undefined) showRedactions(context, listed);
  const sizes = { bytes_sent: exchange.remote.bytesSent };
  const document = {
    ...exchangeDocument(context, exchange, { outcome, sizes }),
    masked: countByRule(outcome),
    ...(listed === undefined ? {} : { redactions: listed }),
  };
  return { exitCode, document };
}

/** The rows have arrived by now: what goes along with them makes no failure. */
async function sendCounts(context: Context, exchange: Exchange): Promise<void> {
  const { commits, signal } = exchange;
  if (commits === undefined) return;
  try {
    const { sendCommitCounts } = await import("./send-commit-counts.ts");
    const sent = await sendCommitCounts(context, commits, exchange);
    if (sent > 0) context.terminal.debug(`sent what git counts of ${sent} commits`);
  } catch (error) {
    if (!(error instanceof AppError) || signal.aborted) throw error;
    context.terminal.warn(
      `what git counts of commits could not be sent: ${error.message}`,
      "the next push sends it; the records have arrived",
    );
  }
}

export async function pullHalf(
  context: Context,
  exchange: Exchange,
  choice: PullChoice,
): Promise<Half> {
  const outcome = await pull({ ...exchange, choice });
  exchange.endProgress();
  const exitCode = reportFailures(context, outcome);
  for (const line of describePull(exchange, outcome, choice)) context.terminal.print(line);
  const sizes = { bytes_received: exchange.remote.bytesReceived };
  return { exitCode, document: exchangeDocument(context, exchange, { outcome, sizes }) };
}

/** Says what went wrong with single items, and gives the exit code. */
function reportFailures(context: Context, { failures, remarks }: Outcome<unknown>): number {
  for (const remark of remarks) context.terminal.warn(remark);
  if (failures.length === 0) return exitCodes.ok;
  const shown = context.options.verbose ? failures : failures.slice(0, 10);
  for (const { resource, id, code, message } of shown) {
    const what = `${resource.replace("_", " ")} ${id ?? "(without id)"}`;
    context.terminal.note(visible(`  ${what}: ${message} (${code})`));
  }
  const more = failures.length - shown.length;
  if (more > 0) context.terminal.note(`  and ${more} more; \`--verbose\` lists them`);
  const count = failures.length === 1 ? "1 item" : `${failures.length} items`;
  const failure = new AppError("partial", `${count} did not arrive; the rest did`, {
    hint: "run the command again once the cause is gone",
  });
  context.terminal.fail(failure);
  return failure.exitCode;
}
