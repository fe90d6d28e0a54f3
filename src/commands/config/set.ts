import { defineCommand } from "../../command.ts";
import { changeSetting, parseField } from "../../workflows/settings.ts";
import { showValue } from "./show.ts";

export default defineCommand({
  summary: "Change a setting",
  args: {
    field: {
      type: "positional",
      valueHint: "field",
      required: true,
      description: "its name, such as notes.enabled",
      completes: "field",
    },
    value: {
      type: "positional",
      valueHint: "value",
      required: true,
      description: "true or false, a number of seconds, or text",
    },
  },
  examples: [
    { does: "write no git notes", line: "agent-trace config set notes.enabled false" },
    { does: "push to another remote", line: "agent-trace config set remote.default team" },
  ],
  run(context, args) {
    const setting = changeSetting(context, parseField(args.field), args.value);
    context.terminal.print(`${setting.name} is ${showValue(setting)}`);
    context.terminal.answer("config-set", { name: setting.name, value: setting.value ?? null });
  },
});
