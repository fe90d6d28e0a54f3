import { defineCommand } from "../../command.ts";
import { showList } from "../../terminal/list.ts";
import { visible } from "../../terminal/text.ts";
import { isOld } from "../../schema/config-fields.ts";
import { type Setting, readSettings } from "../../workflows/projects/settings.ts";

export default defineCommand({
  summary: "Show all settings",
  details: "Outside of a repository that is set up, only those that hold for all of them.",
  args: {},
  examples: [{ does: "see what is set", line: "agent-trace config show" }],
  run(context) {
    const { terminal } = context;
    const settings = readSettings(context);
    const rows = settings.map((setting) => [setting.name, showValue(setting), noteOn(setting)]);
    showList(terminal, { header: ["setting", "value", ""], rows });
    terminal.answer("config-show", {
      settings: settings.map(({ name, value = null, isSet }) => ({ name, value, is_set: isSet })),
    });
  },
});

/** What nothing goes by says so, whether it is set or not. */
function noteOn({ name, isSet }: Setting): string {
  if (isOld(name)) return "(no longer in use)";
  return isSet ? "" : "(default)";
}

/** A setting's value for a person; a secret's is only said to be there. */
export function showValue({ value, isSet, isSecret }: Setting): string {
  if (isSecret) return isSet ? "(secret)" : "-";
  return value === undefined ? "-" : visible(String(value));
}
