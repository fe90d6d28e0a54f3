import { defineCommand } from "../../command.ts";
import { changeSetting, parseFields } from "../../workflows/projects/settings.ts";
import { followTrailerSetting } from "../../workflows/set-up/trailer-hooks.ts";
import { showValue } from "./show.ts";

export default defineCommand({
  summary: "Set a setting back to its default",
  args: {
    field: {
      type: "positional",
      valueHint: "field",
      required: true,
      description: "its name, such as remote.default; `notes` or `summary` for all of a group",
      completes: "field",
    },
    yes: { type: "boolean", description: "accepted for scripts; nothing is asked" },
  },
  examples: [
    { does: "push to the only remote again", line: "agent-trace config reset remote.default" },
  ],
  async run(context, args) {
    const { terminal } = context;
    const settings = parseFields(args.field).map((field) =>
      changeSetting(context, field, undefined),
    );
    for (const setting of settings) {
      await followTrailerSetting(context, setting);
      const state = setting.value === undefined ? "not set" : `${showValue(setting)} again`;
      terminal.print(`${setting.name} is ${state}`);
    }
    const reset = settings.map(({ name, value = null }) => ({ name, value }));
    terminal.answer("config-reset", { ...(reset.length === 1 ? reset[0] : {}), settings: reset });
  },
});
