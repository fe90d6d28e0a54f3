import { defineCommand } from "../../command.ts";
import { visible } from "../../terminal/text.ts";
import { findStoredProject } from "../../workflows/projects/find-project.ts";
import { renameRemote } from "../../workflows/remotes/rename-remote.ts";

export default defineCommand({
  summary: "Give a remote another name",
  args: {
    old: { type: "positional", required: true, completes: "remote", description: "its name now" },
    new: { type: "positional", required: true, completes: "none", description: "its new name" },
  },
  examples: [{ does: "origin becomes team", line: "agent-trace remote rename origin team" }],
  async run(context, { old: from, new: to }) {
    const { paths } = findStoredProject(context);
    await renameRemote(context, paths, { from, to });
    context.terminal.print(`Renamed remote ${visible(from)} to ${visible(to)}`);
    context.terminal.answer("remote-rename", { old: from, new: to });
  },
});
