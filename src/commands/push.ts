import { defineCommand } from "../command.ts";
import { families } from "../sync/plan-push.ts";
import { withExchange } from "../workflows/exchange/exchange.ts";
import { pushHalf } from "../workflows/exchange/halves.ts";
import { announceFirstPush, noteExchange } from "../workflows/exchange/note-exchange.ts";
import { parseSince } from "../workflows/exchange/parse-since.ts";
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
    transcripts: {
      type: "boolean",
      default: true,
      negativeDescription: "send no conversations: attribution alone leaves this machine",
    },
    "dry-run": {
      type: "boolean",
      description: "say what would be sent and masked, and send nothing",
    },
    "show-redactions": {
      type: "boolean",
      description: "list what is masked in the conversations that go, never the secrets",
    },
  },
  examples: [
    { does: "send everything that is new", line: "agent-trace push" },
    { does: "see what would go", line: "agent-trace push --dry-run" },
    {
      does: "see what would be masked, place by place",
      line: "agent-trace push --dry-run --show-redactions",
    },
  ],
  async run(context, args) {
    const choice = {
      full: args.full === true,
      only: args.only ?? "all",
      since: parseSince(args.since),
      transcripts: args.transcripts !== false,
    };
    const dryRun = args["dry-run"] === true;
    const options = { title: "Pushing to", remote: args.remote, dryRun };
    await lookAheadFrom(context);
    if (!dryRun) await announceFirstPush(context, { ...choice, remote: args.remote });
    const exitCode = await withExchange(context, options, async (exchange) => {
      const showsRedactions = args["show-redactions"] === true;
      const { exitCode, document } = await pushHalf(context, exchange, {
        ...choice,
        showsRedactions,
      });
      context.terminal.answer("push", document, exitCode === 0);
      return exitCode;
    });
    if (dryRun) return exitCode;
    return noteExchange(context, { remote: args.remote, exitCode, did: ["pushed_at"] });
  },
});
