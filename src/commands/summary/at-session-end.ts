import { defineCommand } from "../../command.ts";
import { AppError } from "../../errors.ts";
import { isConversationId } from "../../schema/ids.ts";
import { findStoredProject } from "../../workflows/projects/find-project.ts";
import { summariseEnded } from "../../workflows/summarising/summarise-ended.ts";

export default defineCommand({
  summary: "Summarise the conversation of a session that has ended",
  details: "Started by the agents' hooks. What goes wrong is told by `agent-trace doctor`.",
  args: {
    conversation: { type: "positional", required: true, description: "its id" },
  },
  examples: [
    {
      does: "what a hook starts",
      line: `agent-trace summary at-session-end ${"0".repeat(64)}`,
    },
  ],
  async run(context, { conversation }) {
    if (!isConversationId(conversation)) {
      throw new AppError("usage", "the conversation's id has 64 hex digits");
    }
    await summariseEnded(context, findStoredProject(context), conversation);
  },
});
