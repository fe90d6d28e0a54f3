import { defineCommand } from "../command.ts";
import { withExchange } from "../workflows/exchange/exchange.ts";
import { pullHalf } from "../workflows/exchange/halves.ts";
import { noteExchange } from "../workflows/exchange/note-exchange.ts";
import { parseSince } from "../workflows/exchange/parse-since.ts";

export default defineCommand({
  summary: "Bring over what this machine lacks",
  details:
    "Afterwards `blame` and `context` tell here what they tell on the machine that pushed. A transcript that cannot be had now is asked for again by every later pull.",
  args: {
    remote: {
      type: "string",
      valueHint: "NAME",
      description: "the remote (default: the project's default)",
      completes: "remote",
    },
    since: {
      type: "string",
      valueHint: "ISO",
      description: "read what the service took in after this time, whatever was read before",
      completes: "none",
    },
    transcripts: {
      type: "boolean",
      default: true,
      negativeDescription: "leave conversations where they are: blame needs none",
    },
    "dry-run": { type: "boolean", description: "say what would be merged, and write nothing" },
  },
  examples: [
    { does: "get what the others pushed", line: "agent-trace pull" },
    { does: "read everything again", line: "agent-trace pull --since 1970-01-01" },
  ],
  async run(context, args) {
    const since = parseSince(args.since);
    const choice = { since, transcripts: args.transcripts !== false };
    const dryRun = args["dry-run"] === true;
    const options = { title: "Pulling from", remote: args.remote, dryRun };
    const exitCode = await withExchange(context, options, async (exchange) => {
      const { exitCode, document } = await pullHalf(context, exchange, choice);
      context.terminal.answer("pull", document, exitCode === 0);
      return exitCode;
    });
    if (dryRun) return exitCode;
    return noteExchange(context, { remote: args.remote, exitCode, did: ["pulled_at"] });
  },
});
