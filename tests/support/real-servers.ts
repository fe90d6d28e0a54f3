import { afterAll, beforeAll, describe } from "bun:test";
import { gate } from "./gate.ts";
import { type PostgresServer, hasPostgres, postgresServer } from "./postgres.ts";
import { type S3Server, hasS3Server, s3Server } from "./s3-server.ts";

interface Server {
  /** Its tests are not run where it cannot be had; in CI that is a failure. */
  readonly present: boolean;
}

/** Tests that need a PostgreSQL server, which all of them share. */
export function withPostgres(name: string, tests: (server: () => PostgresServer) => void): void {
  shared(name, { present: hasPostgres, part: "postgres", open: () => postgresServer() }, tests);
}

/** Tests that need an S3 server, which all of them share. */
export function withS3(name: string, tests: (server: () => S3Server) => void): void {
  shared(name, { present: hasS3Server, part: "s3", open: s3Server }, tests);
}

function shared<T extends AsyncDisposable>(
  name: string,
  { present, part, open }: Server & { part: "postgres" | "s3"; open(): Promise<T> },
  tests: (server: () => T) => void,
): void {
  if (!present) return gate(name, { unless: `no ${part} server on this machine`, part }, () => {});
  describe(name, () => {
    let server: T | undefined;
    beforeAll(async () => void (server = await open()), 60_000);
    afterAll(async () => server?.[Symbol.asyncDispose]());
    tests(() => {
      if (server === undefined) throw new Error("the server has not been started");
      return server;
    });
  });
}
