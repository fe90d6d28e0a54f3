import { defineCommand } from "../../command.ts";
import { visible } from "../../terminal/text.ts";
import { findStoredProject } from "../../workflows/projects/find-project.ts";
import { setDefaultRemote } from "../../workflows/remotes/rename-remote.ts";

export default defineCommand({
  summary: "Choose the remote that is used where none is named",
  args: {
    name: { type: "positional", required: true, completes: "remote", description: "the remote" },
  },
  examples: [{ does: "use team by default", line: "agent-trace remote default team" }],
  run(context, { name }) {
    const { paths } = findStoredProject(context);
    setDefaultRemote(context, paths, name);
    context.terminal.print(`The default remote is ${visible(name)}`);
    context.terminal.answer("remote-default", { name });
  },
});
