import { defineCommand } from "../../command.ts";
import { AppError } from "../../errors.ts";
import { findPreset, presetLine, presets } from "../../workflows/summarising/presets.ts";
import { parseSeconds, setSummariser } from "../../workflows/summarising/set-summariser.ts";

export default defineCommand({
  summary: "Choose a summariser, and summarise each session when it ends",
  details:
    "Conversations are given to the program of your choice, with their secrets masked; where it asks a service, they go there.",
  args: {
    preset: {
      type: "positional",
      required: true,
      description: "its name, as `summary presets` lists it",
    },
    model: {
      type: "string",
      valueHint: "MODEL",
      description: "a model that it knows (default: its own choice)",
    },
    timeout: { type: "string", valueHint: "SECONDS", description: "stop it after so long" },
  },
  examples: [
    { does: "by Claude Code", line: "agent-trace summary use claude-summary" },
    {
      does: "by a model on this machine",
      line: "agent-trace summary use ollama-summary --model qwen3:4b",
    },
  ],
  run(context, args) {
    const preset = findPreset(args.preset);
    if (preset === undefined) {
      throw new AppError("usage", `there is no preset \`${args.preset}\``, {
        hint: `use one of ${presets.map(({ name }) => name).join(", ")}`,
      });
    }
    if (args.model !== undefined && !/^[\w.:/@+-]+$/.test(args.model)) {
      throw new AppError("usage", `\`${args.model}\` is no name of a model`);
    }
    const settings = setSummariser(context, {
      enabled: true,
      command: presetLine(preset, args.model),
      seconds: parseSeconds(args.timeout),
    });
    context.terminal.print(`sessions are summarised when they end, by ${preset.does}`);
    context.terminal.note(`called: ${preset.command(args.model).join(" ")}`);
    context.terminal.answer("summary-use", settings);
  },
});
