import { defineCommand } from "../../command.ts";
import { changeSetting, parseField } from "../../workflows/projects/settings.ts";
import { showValue } from "./show.ts";

export default defineCommand({
  summary: "Set a setting back to its default",
  args: {
    field: {
      type: "positional",
      valueHint: "field",
      required: true,
      description: "its name, such as remote.default",
      completes: "field",
    },
    yes: { type: "boolean", description: "accepted for scripts; nothing is asked" },
  },
  examples: [
    { does: "push to the only remote again", line: "agent-trace config reset remote.default" },
  ],
  run(context, args) {
    const setting = changeSetting(context, parseField(args.field), undefined);
    context.terminal.print(
      setting.value === undefined
        ? `${setting.name} is not set`
        : `${setting.name} is ${showValue(setting)} again`,
    );
    context.terminal.answer("config-reset", { name: setting.name, value: setting.value ?? null });
  },
});
