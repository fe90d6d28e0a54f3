import { defineCommand } from "../../command.ts";
import { prepareRedactionSetting } from "../../workflows/exchange/prepare-redaction-setting.ts";
import { changeSetting, parseField } from "../../workflows/projects/settings.ts";
import { followTrailerSetting } from "../../workflows/set-up/trailer-hooks.ts";
import { showValue } from "./show.ts";

export default defineCommand({
  summary: "Change a setting",
  args: {
    field: {
      type: "positional",
      valueHint: "field",
      required: true,
      description: "its name, such as remote.default",
      completes: "field",
    },
    value: {
      type: "positional",
      valueHint: "value",
      required: true,
      description: "true or false, a number of seconds, or text",
    },
    yes: { type: "boolean", description: "do not ask before redaction is switched off" },
  },
  examples: [
    { does: "push to another remote", line: "agent-trace config set remote.default team" },
  ],
  async run(context, args) {
    const field = parseField(args.field);
    const value = await prepareRedactionSetting(context, field, {
      typed: args.value,
      yes: args.yes === true,
    });
    const setting = changeSetting(context, field, value);
    if (field.isOld) {
      context.terminal.warn(`\`${field.name}\` is kept for old configurations; nothing goes by it`);
    }
    await followTrailerSetting(context, setting);
    context.terminal.print(`${setting.name} is ${showValue(setting)}`);
    context.terminal.answer("config-set", { name: setting.name, value: setting.value ?? null });
  },
});
