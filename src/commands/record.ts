import { defineCommand } from "../command.ts";
import { exitCodes } from "../errors.ts";
import { takePayload } from "../workflows/provenance/take-payload.ts";

export default defineCommand({
  summary: "Take in one event of a coding agent",
  details:
    "Called by the hooks of coding agents with one JSON payload on stdin. It prints nothing and exits 0 whatever happens, so that no agent is ever disturbed; what went wrong is told by `agent-trace status` and `agent-trace doctor`.",
  args: {
    payload: {
      type: "positional",
      required: false,
      valueHint: "json",
      description: "the payload, from agents that send it as an argument",
    },
    notification: {
      type: "positional",
      required: false,
      valueHint: "json",
      description: "the payload, behind the agent's name, as Codex' `notify` sends it",
    },
    strict: { type: "boolean", description: "exit 1 when the event could not be taken in" },
  },
  examples: [
    {
      does: "see why an event is not recorded",
      line: "agent-trace record --strict < payload.json",
    },
  ],
  async run(context, { payload, notification, strict }) {
    const argument = [notification, payload].find((word) => word?.startsWith("{"));
    const failure = await takePayload(context, argument, { strict: strict === true });
    if (failure === undefined) return exitCodes.ok;
    context.terminal.debug(`record: ${failure}`);
    if (strict !== true) return exitCodes.ok;
    context.terminal.note(`record: ${failure}`);
    return exitCodes.failed;
  },
});
