import { defineCommand } from "../../command.ts";
import { AppError } from "../../errors.ts";
import { findPreset } from "../../workflows/summarising/presets.ts";
import { runPreset } from "../../workflows/summarising/run-preset.ts";

const longest = 2 * 1024 ** 3;

export default defineCommand({
  summary: "Summarise the conversation on stdin by a preset",
  details: "What `summary use` sets as `summary.command`.",
  args: {
    preset: { type: "positional", required: true, description: "its name" },
    model: { type: "string", valueHint: "MODEL", description: "a model that it knows" },
  },
  examples: [
    {
      does: "try one",
      line: "agent-trace summary preset-run claude-summary < session.jsonl",
    },
  ],
  async run(context, args) {
    const preset = findPreset(args.preset);
    if (preset === undefined) {
      throw new AppError("usage", `there is no preset \`${args.preset}\``, {
        hint: "run `agent-trace summary presets`",
      });
    }
    const input = await context.stdin.read(longest);
    const transcript = Buffer.from(input ?? new Uint8Array(0)).toString("utf8");
    const summary = await runPreset(context, preset, { transcript, model: args.model });
    context.terminal.stdout.write(`${summary.trim()}\n`);
  },
});
