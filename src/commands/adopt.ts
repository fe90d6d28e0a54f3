import { resolve } from "node:path";
import { defineCommand } from "../command.ts";
import { adopt } from "../workflows/set-up/set-up.ts";

export default defineCommand({
  summary: "Enter a moved or copied repository into the registry",
  details: "Prints the repository's local id.",
  args: {
    path: {
      type: "positional",
      valueHint: "path",
      required: false,
      description: "in the repository (default: the current directory)",
      completes: "directory",
    },
  },
  examples: [{ does: "after a repository has moved", line: "agent-trace adopt ~/work/repo" }],
  async run(context, args) {
    const { cwd, terminal } = context;
    const { id, root } = await adopt(
      context,
      args.path === undefined ? undefined : resolve(cwd, args.path),
    );
    terminal.print(id);
    terminal.answer("adopt", { project_id: id, root });
  },
});
