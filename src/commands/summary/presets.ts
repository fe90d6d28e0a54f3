import { defineCommand } from "../../command.ts";
import { showList } from "../../terminal/list.ts";
import { instructions, presets } from "../../workflows/summarising/presets.ts";

export default defineCommand({
  summary: "List the summarisers that are there already",
  details:
    "Each is called as shown, with instructions and what was said on stdin; `--verbose` prints the instructions. Nothing is downloaded, and none is used before `summary use`.",
  args: {},
  examples: [{ does: "see what is called", line: "agent-trace summary presets" }],
  run(context) {
    const { terminal, options } = context;
    const listed = presets.map(({ name, does, model, command }) => ({
      name,
      does,
      command: command(undefined).join(" "),
      model: model ?? null,
    }));
    const rows = listed.map(({ name, does, command }) => [name, does, command]);
    showList(terminal, { header: ["preset", "by", "calls"], rows });
    if (options.verbose) terminal.page(["", ...instructions.split("\n")]);
    terminal.answer("summary-presets", { presets: listed, instructions });
  },
});
