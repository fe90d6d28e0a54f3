import { defineCommand } from "../command.ts";

export default defineCommand({
  summary: "Print the version",
  args: {},
  examples: [{ does: "everything about this build", line: "agent-trace version --json" }],
  run({ terminal, program }) {
    const { version, commit, target } = program;
    terminal.print(`agent-trace ${version}`);
    terminal.answer("version", { version, commit, target, bun: Bun.version });
  },
});
