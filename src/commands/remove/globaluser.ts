import { defineCommand } from "../../command.ts";
import { updateConfig } from "../../store/config.ts";

export default defineCommand({
  summary: "Empty the token slot of old configurations",
  args: {},
  examples: [{ does: "forget the old token", line: "agent-trace remove globaluser" }],
  run({ home, terminal }) {
    let removed = false;
    updateConfig(
      home,
      (config) => {
        removed = config.auth_token !== undefined;
        if (!removed) return false;
        delete config.auth_token;
      },
      terminal.warn,
    );
    terminal.print(removed ? "Emptied the old token slot" : "The old token slot is empty");
    terminal.answer("remove-globaluser", { removed });
  },
});
