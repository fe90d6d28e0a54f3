import { SQL } from "bun";
import { type Environment, readVariable } from "../environment.ts";
import { AppError } from "../errors.ts";
import { unopened } from "./postgres-connection.ts";
import { partsOf } from "./postgres-migrations.ts";

/** A database on a server, and the variables that its programs are started with. */
export interface PostgresPlace {
  readonly url: string;
  readonly environment: Environment;
}

/** PostgreSQL's own programs, which know every version of its format. */
type Program = "pg_dump" | "pg_restore";

/**
 * Writes a database on a server into a file as it is at one moment. `onSegments` is given the names of the segments of that
 * moment, the newest first, before the file is written: while it copies them few can be merged away. Where it could not
 * have all of them there is no file, and the answer is undefined. `pg_dump` reads in the same transaction's snapshot.
 */
export async function dumpPostgres(
  place: PostgresPlace,
  file: string,
  onSegments: (names: readonly string[]) => Promise<boolean>,
): Promise<readonly string[] | undefined> {
  return connected(place, (pool) =>
    pool.begin("ISOLATION LEVEL REPEATABLE READ, READ ONLY", async (tx) => {
      const [exported] = (await tx.unsafe("SELECT pg_export_snapshot() AS name")) as [
        { name: string },
      ];
      const rows = (await tx.unsafe(
        "SELECT name FROM segments GROUP BY name ORDER BY max(created_at) DESC",
      )) as { name: string }[];
      const names = rows.map(({ name }) => name);
      if (!(await onSegments(names))) return undefined;
      const { flag, environment } = connection(place);
      const flags = ["--format=custom", `--snapshot=${exported.name}`, `--file=${file}`];
      await run("pg_dump", [...flags, "--no-password", flag], environment);
      return names;
    }),
  );
}

/** The names of the segments in such a file. */
export async function segmentsInDump(
  file: string,
  { environment }: PostgresPlace,
): Promise<string[]> {
  const tables = partsOf("segments").map((table) => `--table=${table}`);
  const text = await run("pg_restore", ["--data-only", "--file=-", ...tables, file], environment);
  const names = new Set<string>();
  let column = -1;
  for (const line of text.split("\n")) {
    const columns = /^COPY [^(]*\(([^)]*)\) FROM stdin;$/.exec(line)?.[1];
    if (columns !== undefined) column = columns.split(", ").indexOf("name");
    else if (line === "\\.") column = -1;
    else if (column >= 0) names.add(line.split("\t")[column] ?? "");
  }
  return [...names];
}

/** Fills an empty database from such a file, whole or not at all. Throws `usage` where it is not empty. */
export async function restorePostgres(place: PostgresPlace, file: string): Promise<void> {
  await requireEmpty(place);
  const flags = ["--exit-on-error", "--no-owner", "--no-privileges", "--single-transaction"];
  const { flag, environment } = connection(place);
  await run("pg_restore", [...flags, "--no-password", flag, file], environment);
}

/** Throws `usage` where the database holds tables. */
export async function requireEmpty(place: PostgresPlace): Promise<void> {
  const [found] = await connected(place, (pool): Promise<{ tables: number }[]> =>
    pool.unsafe(
      "SELECT count(*)::int AS tables FROM pg_tables WHERE schemaname = current_schema()",
    ),
  );
  if (found?.tables === 0) return;
  throw new AppError("usage", "the database holds tables already", {
    hint: "make an empty one (`createdb`), and name it with `--database`",
  });
}

async function connected<T>({ url }: PostgresPlace, work: (pool: SQL) => Promise<T>): Promise<T> {
  const pool = new SQL({ url, max: 1, prepare: false });
  try {
    return await work(pool);
  } catch (error) {
    throw unopened(error);
  } finally {
    await pool.close().catch(() => {});
  }
}

/** An address without its password, and the password as a variable: there other users do not see it. */
function connection({ url, environment }: PostgresPlace): {
  flag: string;
  environment: Environment;
} {
  const address = new URL(url);
  const password = decodeURIComponent(address.password);
  address.password = "";
  return {
    flag: `--dbname=${address.href}`,
    environment: password === "" ? environment : { ...environment, PGPASSWORD: password },
  };
}

/** Gives what the program printed. */
async function run(
  program: Program,
  flags: readonly string[],
  environment: Environment,
): Promise<string> {
  const path = Bun.which(program, { PATH: readVariable(environment, "PATH") ?? "" });
  if (path === null) {
    throw new AppError("failed", `PostgreSQL's \`${program}\` is not on PATH`, {
      hint: "install PostgreSQL's client programs, of the server's version or newer (Debian: `postgresql-client`)",
    });
  }
  const child = Bun.spawn([path, ...flags], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    env: environment,
  });
  const [printed, told] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  if ((await child.exited) === 0) return printed;
  throw new AppError("failed", `\`${program}\` failed: ${told.trim().split("\n").at(-1) ?? ""}`, {
    hint: "its version must be the server's or newer, and the user must be allowed to use every table",
  });
}
