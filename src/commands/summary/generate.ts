import { defineCommand } from "../../command.ts";
import { AppError } from "../../errors.ts";
import { visibleLines } from "../../terminal/text.ts";
import { findStoredProject } from "../../workflows/projects/find-project.ts";
import {
  conversationsOfSession,
  findConversation,
} from "../../workflows/summarising/find-conversations.ts";
import { summarise } from "../../workflows/summarising/summarise.ts";

export default defineCommand({
  summary: "Summarise a conversation now",
  details:
    "By the command that is set, also where sessions are not summarised when they end. The new summary takes the place of an earlier one.",
  args: {
    conversation: {
      type: "string",
      valueHint: "ID",
      description: "a conversation's id, or its first digits",
      completes: "none",
    },
    "session-id": {
      type: "string",
      valueHint: "ID",
      description: "the conversations of an agent's session",
      completes: "none",
    },
  },
  examples: [
    { does: "summarise one", line: "agent-trace summary generate --conversation 3f2c9a1b0d4e" },
  ],
  async run(context, args) {
    const { terminal } = context;
    const project = findStoredProject(context);
    const { conversation, "session-id": session } = args;
    if ((conversation === undefined) === (session === undefined)) {
      throw new AppError("usage", "name either `--conversation` or `--session-id`", {
        hint: "`agent-trace context <file> --json` tells the ids of conversations",
      });
    }
    const ids =
      conversation === undefined
        ? conversationsOfSession(project.paths, session ?? "")
        : [findConversation(project.paths, conversation)];
    const summaries = [];
    const progress = terminal.startProgress("Summarising");
    try {
      for (const id of ids) summaries.push(await summarise(context, project, id));
    } finally {
      progress.end();
    }
    for (const { conversation_id: id, summary } of summaries) {
      if (summaries.length > 1) terminal.print(terminal.paint(id.slice(0, 12), "heading"));
      terminal.print(visibleLines(summary));
    }
    terminal.answer("summary-generate", { summaries });
  },
});
