import { openPostgresRecords } from "../../src/service/postgres-records.ts";
import { withPostgres } from "../support/real-servers.ts";
import { recordsContract } from "./records.ts";

withPostgres("the database on a server", (server) => {
  recordsContract("PostgreSQL", async () => {
    const url = await server().database();
    return {
      open: (now) => openPostgresRecords(url, now),
      [Symbol.asyncDispose]: async () => {},
    };
  });
});
