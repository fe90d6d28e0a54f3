import { defineCommand } from "../../command.ts";
import { visible } from "../../terminal/text.ts";
import { findStoredProject } from "../../workflows/projects/find-project.ts";
import { removeRemote } from "../../workflows/remotes/rename-remote.ts";

export default defineCommand({
  summary: "Remove a remote and its stored token",
  details: "What was pushed stays on the service.",
  args: {
    name: { type: "positional", required: true, completes: "remote", description: "the remote" },
  },
  examples: [{ does: "forget origin", line: "agent-trace remote remove origin" }],
  async run(context, { name }) {
    const { paths } = findStoredProject(context);
    await removeRemote(context, paths, name);
    context.terminal.print(`Removed remote ${visible(name)}`);
    context.terminal.answer("remote-remove", { name });
  },
});
