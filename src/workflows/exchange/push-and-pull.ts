import type { Context } from "../../context.ts";
import { AppError, exitCodes } from "../../errors.ts";
import { describeError } from "../../terminal/terminal.ts";
import { describePull, describePush, exchangeDocument } from "./describe-exchange.ts";
import {
  type Exchange,
  concernsBoth,
  reportFailures,
  runPull,
  runPush,
  withExchange,
} from "./sync-project.ts";

/** What one half of a sync came to. */
interface Half {
  readonly exitCode: number;
  readonly document: object;
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
export function syncProject(context: Context, remote: string | undefined): Promise<number> {
  const { terminal } = context;
  return withExchange(
    context,
    { title: "Syncing with", remote, dryRun: false },
    async (exchange) => {
      const pushed = await pushHalf(context, exchange);
      const pulled = await pullHalf(context, exchange);
      const exitCode = worse(pushed.exitCode, pulled.exitCode);
      const { name, url } = exchange;
      const halves = { push: pushed.document, pull: pulled.document };
      terminal.answer("sync", { remote: name, url, ...halves }, exitCode === exitCodes.ok);
      return exitCode;
    },
  );
}

async function pushHalf(context: Context, exchange: Exchange): Promise<Half> {
  const { terminal } = context;
  try {
    const outcome = await runPush(exchange, { full: false, only: "all", since: undefined });
    exchange.endProgress();
    const exitCode = reportFailures(context, outcome);
    for (const line of describePush(exchange, outcome, "all")) terminal.print(line);
    const sizes = { bytes_sent: exchange.remote.bytesSent };
    return { exitCode, document: exchangeDocument(context, exchange, { outcome, sizes }) };
  } catch (error) {
    if (!(error instanceof AppError) || concernsBoth(error)) throw error;
    exchange.endProgress();
    terminal.fail(error);
    return { exitCode: error.exitCode, document: { error: describeError(error) } };
  }
}

async function pullHalf(context: Context, exchange: Exchange): Promise<Half> {
  const outcome = await runPull(exchange, undefined);
  exchange.endProgress();
  const exitCode = reportFailures(context, outcome);
  for (const line of describePull(exchange, outcome)) context.terminal.print(line);
  const sizes = { bytes_received: exchange.remote.bytesReceived };
  return { exitCode, document: exchangeDocument(context, exchange, { outcome, sizes }) };
}
