import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { defineCommand } from "../../command.ts";
import { AppError } from "../../errors.ts";
import { backUp } from "../../service/backup.ts";
import { databasePlace } from "../../service/data-directory.ts";
import { placeArguments, storePlaces } from "../../workflows/remotes/administer.ts";

export default defineCommand({
  summary: "Copy what a service keeps, while it runs",
  details:
    "Takes the database as it is at one moment and every transcript that it names. Into a directory that holds an earlier backup only what is new is copied. A database on a server is taken by its own `pg_dump`, which must be on PATH.",
  args: {
    directory: { type: "positional", required: true, description: "where the backup goes" },
    ...placeArguments,
  },
  examples: [
    { does: "every night", line: "agent-trace admin backup /backup/agent-trace" },
    {
      does: "from PostgreSQL and a bucket",
      line: "agent-trace admin backup /backup/agent-trace --database postgres://agent_trace@db/agent_trace --blobs s3://transcripts/team",
    },
  ],
  async run(context, { directory, ...given }) {
    const places = storePlaces(context, given);
    const database = databasePlace(places);
    if (database.kind === "sqlite" && !existsSync(database.path)) {
      throw new AppError("not_found", `there is no service's data in ${places.data}`, {
        hint: "name it with `--data`, or its database with `--database`",
      });
    }
    const target = resolve(context.cwd, directory);
    const { segments, copied } = await backUp(places, target);
    const what = database.kind === "sqlite" ? database.path : "the database on its server";
    const { terminal } = context;
    terminal.print(`Backed up ${what} and ${segments} segments, ${copied} of them new`);
    terminal.answer("admin-backup", { directory: target, segments, copied });
  },
});
