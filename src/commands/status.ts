import { defineCommand } from "../command.ts";
import { exitCodes } from "../errors.ts";
import { describeStatus, statusDocument } from "../workflows/health/describe-status.ts";
import { isWaiting, readStatus } from "../workflows/health/read-status.ts";
import { lookAheadFrom } from "../workflows/provenance/look-ahead.ts";

export default defineCommand({
  summary: "Show what is recorded and what each remote lacks",
  details: "Looks at this machine only; the network is not used.",
  args: {
    "exit-code": { type: "boolean", description: "exit with 8 when something waits to be pushed" },
  },
  examples: [
    { does: "see what a push would send", line: "agent-trace status" },
    { does: "ask in a script", line: "agent-trace status --exit-code --quiet" },
  ],
  async run(context, args) {
    await lookAheadFrom(context);
    const status = await readStatus(context);
    for (const line of describeStatus(context, status)) context.terminal.print(line);
    context.terminal.answer("status", statusDocument(status));
    return args["exit-code"] === true && isWaiting(status) ? exitCodes.partial : exitCodes.ok;
  },
});
