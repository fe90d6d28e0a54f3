import { join, resolve } from "node:path";
import { defineCommand } from "../../command.ts";
import { backUp } from "../../service/backup.ts";
import { dataArgument, requireService } from "../../workflows/remotes/administer.ts";

export default defineCommand({
  summary: "Copy a service's data on this machine, while it runs",
  details:
    "Takes the database as it is at one moment and every transcript that it names. Into a directory that holds an earlier backup only what is new is copied.",
  args: {
    directory: { type: "positional", required: true, description: "where the backup goes" },
    ...dataArgument,
  },
  examples: [{ does: "every night", line: "agent-trace admin backup /backup/agent-trace" }],
  async run(context, { directory, data }) {
    const source = requireService(context, data);
    const target = resolve(context.cwd, directory);
    const { segments, copied } = backUp(source, target);
    const { terminal } = context;
    terminal.print(
      `Backed up ${join(source, "service.db")} and ${segments} segments, ${copied} of them new`,
    );
    terminal.answer("admin-backup", { directory: target, segments, copied });
  },
});
