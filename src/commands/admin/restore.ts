import { join, resolve } from "node:path";
import { defineCommand } from "../../command.ts";
import { restore } from "../../service/backup.ts";
import { dataArgument } from "../../workflows/remotes/administer.ts";

export default defineCommand({
  summary: "Make a service's data of a backup",
  details:
    "The directory must hold no service yet. Clients are told that the service was restored, and send again what it lacks. The admin secret is no part of a backup.",
  args: {
    directory: { type: "positional", required: true, description: "where the backup is" },
    ...dataArgument,
  },
  examples: [
    {
      does: "on another machine",
      line: "agent-trace admin restore /backup/agent-trace --data /var/lib/agent-trace",
    },
  ],
  async run(context, { directory, data }) {
    const target = data === undefined ? join(context.home, "service") : resolve(context.cwd, data);
    const { segments } = await restore(resolve(context.cwd, directory), target);
    context.terminal.print(`Restored ${join(target, "service.db")} and ${segments} segments`);
    context.terminal.answer("admin-restore", { data: target, segments });
  },
});
