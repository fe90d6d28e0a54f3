import { defineCommand } from "../command.ts";
import { families } from "../sync/plan-push.ts";
import { describePush, exchangeDocument } from "../workflows/exchange/describe-exchange.ts";
import { announceFirstPush, noteExchange } from "../workflows/exchange/note-exchange.ts";
import { parseSince } from "../workflows/exchange/parse-since.ts";
import { reportFailures, runPush, withExchange } from "../workflows/exchange/sync-project.ts";
import { lookAheadFrom } from "../workflows/provenance/look-ahead.ts";

export default defineCommand({
  summary: "Send what a remote lacks",
  details:
    "Traces go first, then ledgers, commit links, conversations and summaries. Traces that no commit has taken up are held back. A push that was interrupted goes on where it was.",
  args: {
    remote: {
      type: "string",
      valueHint: "NAME",
      description: "the remote (default: the project's default)",
      completes: "remote",
    },
    full: { type: "boolean", description: "also send traces that no ledger names" },
    only: { type: "enum", options: [...families], description: "send only this kind of record" },
    since: {
      type: "string",
      valueHint: "ISO",
      description: "send again what is of this time or later",
      completes: "none",
    },
    "dry-run": { type: "boolean", description: "say what would be sent, and send nothing" },
  },
  examples: [
    { does: "send everything that is new", line: "agent-trace push" },
    { does: "see what would go", line: "agent-trace push --dry-run" },
  ],
  async run(context, args) {
    const only = args.only ?? "all";
    const choice = { full: args.full === true, only, since: parseSince(args.since) };
    const dryRun = args["dry-run"] === true;
    const options = { title: "Pushing to", remote: args.remote, dryRun };
    await lookAheadFrom(context);
    if (!dryRun) await announceFirstPush(context, args.remote);
    const exitCode = await withExchange(context, options, async (exchange) => {
      const outcome = await runPush(exchange, choice);
      exchange.endProgress();
      const exitCode = reportFailures(context, outcome);
      for (const line of describePush(exchange, outcome, only)) context.terminal.print(line);
      const sizes = { bytes_sent: exchange.remote.bytesSent };
      const document = exchangeDocument(context, exchange, { outcome, sizes });
      context.terminal.answer("push", document, exitCode === 0);
      return exitCode;
    });
    if (dryRun) return exitCode;
    return noteExchange(context, { remote: args.remote, exitCode, did: ["pushed_at"] });
  },
});
