import { resolve } from "node:path";
import { defineCommand } from "../../command.ts";
import { databasePlace } from "../../service/data-directory.ts";
import { restore } from "../../service/restore.ts";
import { placeArguments, storePlaces } from "../../workflows/remotes/administer.ts";

export default defineCommand({
  summary: "Make a service's data of a backup",
  details:
    "The directory must hold no service yet, a database on a server must be empty; that one is filled by its own `pg_restore`, which must be on PATH. Clients are told that the service was restored, and send again what it lacks. The admin secret is no part of a backup.",
  args: {
    directory: { type: "positional", required: true, description: "where the backup is" },
    ...placeArguments,
  },
  examples: [
    {
      does: "on another machine",
      line: "agent-trace admin restore /backup/agent-trace --data /var/lib/agent-trace",
    },
  ],
  async run(context, { directory, ...given }) {
    const places = storePlaces(context, given);
    const { segments } = await restore(resolve(context.cwd, directory), places);
    const database = databasePlace(places);
    const what = database.kind === "sqlite" ? database.path : "the database on its server";
    context.terminal.print(`Restored ${what} and ${segments} segments`);
    context.terminal.answer("admin-restore", { data: places.data, segments });
  },
});
