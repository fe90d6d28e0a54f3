import { defineCommand } from "../command.ts";
import { AppError } from "../errors.ts";
import { renderHelp } from "../terminal/help.ts";
import { helpTopics, isHelpTopic, topicPage } from "../terminal/help-topics.ts";

/** Prints topics. `help <command>` never comes here: the command line reads it as `<command> --help`. */
export default defineCommand({
  summary: "Print help on a command or a topic",
  details: `Topics: ${helpTopics.join(", ")}. \`agent-trace help remote add\` is the same as \`agent-trace remote add --help\`.`,
  args: {
    topic: {
      type: "positional",
      required: false,
      valueHint: "command|topic",
      description: "a command, or one of the topics",
      completes: "topic",
    },
  },
  examples: [
    { does: "how a command is used", line: "agent-trace help blame" },
    { does: "what the exit codes mean", line: "agent-trace help exit-codes" },
  ],
  run({ terminal }, { topic = "" }) {
    if (!isHelpTopic(topic)) throw new AppError("usage", `no help topic \`${topic}\``);
    const page = topicPage(topic);
    const rows = page.groups.flatMap((group) => group.rows);
    terminal.answer("help", { topic, rows: rows.map(([name, meaning]) => ({ name, meaning })) });
    const text = renderHelp(page, terminal.columns, (part) => terminal.paint(part, "heading"));
    terminal.page(text.trimEnd().split("\n"));
  },
});
