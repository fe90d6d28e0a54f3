import { defineCommand } from "../../command.ts";
import { updateConfig } from "../../store/config.ts";
import { checkToken } from "../../workflows/remotes/token-source.ts";

export default defineCommand({
  summary: "Write the token slot of old configurations",
  details: "No command of this program reads it: push and pull use the tokens of their remotes.",
  args: {
    token: { type: "positional", required: true, completes: "none", description: "the token" },
  },
  examples: [{ does: "keep an old setup alive", line: "agent-trace set globaluser at_…" }],
  run({ home, terminal }, args) {
    const token = checkToken(args.token);
    updateConfig(home, (config) => void (config.auth_token = token), terminal.warn);
    terminal.print("Wrote the old token slot");
    terminal.warn(
      "push, pull and sync do not read this token",
      "give a remote its token with `agent-trace remote set-token <name>`",
    );
    terminal.answer("set-globaluser", { warnings: terminal.warnings });
  },
});
