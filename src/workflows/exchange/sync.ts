import type { Context } from "../../context.ts";
import { AppError, exitCodes } from "../../errors.ts";
import { describeError } from "../../terminal/terminal.ts";
import { type Exchange, withExchange } from "./exchange.ts";
import { type Half, pullHalf, pushHalf } from "./halves.ts";

export interface SyncChoice {
  readonly remote: string | undefined;
  readonly transcripts: boolean;
}

/** From the best to the worst; what stands nowhere is worse than all of them. */
const severity: readonly number[] = [
  exitCodes.ok,
  exitCodes.partial,
  exitCodes.failed,
  exitCodes.unreachable,
  exitCodes.auth,
];

function worse(a: number, b: number): number {
  const rank = (code: number): number => {
    const place = severity.indexOf(code);
    return place < 0 ? severity.length : place;
  };
  return rank(a) >= rank(b) ? a : b;
}

/** Push, then pull, over one connection and one lock. A push that fails for a reason of its own does not keep the pull. */
export function syncProject(
  context: Context,
  { remote, transcripts }: SyncChoice,
): Promise<number> {
  const options = { title: "Syncing with", remote, dryRun: false };
  return withExchange(context, options, async (exchange) => {
    const pushed = await pushOrTell(context, exchange, transcripts);
    const pulled = await pullHalf(context, exchange, { since: undefined, transcripts });
    const exitCode = worse(pushed.exitCode, pulled.exitCode);
    const { name, url } = exchange;
    const halves = { push: pushed.document, pull: pulled.document };
    context.terminal.answer("sync", { remote: name, url, ...halves }, exitCode === exitCodes.ok);
    return exitCode;
  });
}

async function pushOrTell(
  context: Context,
  exchange: Exchange,
  transcripts: boolean,
): Promise<Half> {
  try {
    const choice = { full: false, only: "all", since: undefined, transcripts } as const;
    return await pushHalf(context, exchange, choice);
  } catch (error) {
    if (!(error instanceof AppError) || concernsBoth(error)) throw error;
    exchange.endProgress();
    context.terminal.fail(error);
    return { exitCode: error.exitCode, document: { error: describeError(error) } };
  }
}

/** The failures after which the pull would fail as well. */
function concernsBoth(error: AppError): boolean {
  const both = ["project_not_found", "unauthorized", "forbidden", "disk_full"];
  return (
    error.retryable ||
    both.includes(error.code) ||
    error.exitCode === exitCodes.auth ||
    error.exitCode >= exitCodes.bug
  );
}
