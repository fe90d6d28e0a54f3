import { defineCommand } from "../command.ts";
import { announceFirstPush, noteExchange } from "../workflows/exchange/note-exchange.ts";
import { syncProject } from "../workflows/exchange/sync.ts";
import { lookAheadFrom } from "../workflows/provenance/look-ahead.ts";

export default defineCommand({
  summary: "Push, then pull",
  details:
    "If the push fails for a reason of its own, the pull still runs; the exit code is the worse of the two.",
  args: {
    remote: {
      type: "string",
      valueHint: "NAME",
      description: "the remote (default: the project's default)",
      completes: "remote",
    },
    transcripts: {
      type: "boolean",
      default: true,
      negativeDescription: "neither send nor bring conversations",
    },
  },
  examples: [{ does: "share and catch up in one go", line: "agent-trace sync" }],
  async run(context, { remote, transcripts: wanted }) {
    await lookAheadFrom(context);
    const choice = { remote, transcripts: wanted !== false };
    await announceFirstPush(context, choice);
    const exitCode = await syncProject(context, choice);
    return noteExchange(context, { remote, exitCode, did: ["pushed_at", "pulled_at"] });
  },
});
