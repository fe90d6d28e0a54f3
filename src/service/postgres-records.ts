import { postgresBlobs } from "./postgres-blobs.ts";
import { type Connection, connectPostgres, unopened } from "./postgres-connection.ts";
import { derivedOver } from "./derived/derived-over.ts";
import { operationsOver } from "./operations-over.ts";
import type { Statements } from "./operations.ts";
import { sessionsOver } from "./page-sessions.ts";
import { postgresList } from "./postgres-batch.ts";
import { migratePostgres } from "./postgres-migrations.ts";
import { postgresRows } from "./postgres-rows.ts";
import type { Microseconds, Org, Project, Records, Token } from "./records.ts";

const tokenColumns =
  "id, prefix, org_id, project_id, scopes, name, created_at, last_used_at, revoked_at, expires_at";
const projectColumns = "org_id, project_id, name, description, created_at, number, keep_days";

type Raw<T> = { readonly [K in keyof T]: unknown };

/** Opens a database on a PostgreSQL server, making its tables where there are none. */
export async function openPostgresRecords(
  url: string,
  now: () => Microseconds,
  onStatement?: (statement: string, milliseconds: number) => void,
): Promise<Records> {
  const connection = connectPostgres(url, onStatement);
  try {
    await migratePostgres(connection);
    await noteOrigin(connection);
    return await recordsOver(connection, now);
  } catch (error) {
    await connection.close().catch(() => {});
    throw unopened(error);
  }
}

const renewal = "UPDATE service SET epoch = $1";
const newEpoch = (): string => crypto.randomUUID().replaceAll("-", "");

/**
 * A server that was put back to an earlier time, or a copy on another one, has another timeline, identity or number of
 * the database. What it holds may lack rows that clients have sent, so it gets another epoch.
 */
async function noteOrigin(connection: Connection): Promise<void> {
  const [here] = await connection
    .run<{ origin: string }>(
      `SELECT system_identifier || '.' || timeline_id || '.' || oid AS origin
       FROM pg_control_system(), pg_control_checkpoint(), pg_database
       WHERE datname = current_database()`,
    )
    // Some hosted servers do not tell.
    .catch(() => []);
  if (here === undefined) return;
  await connection.transaction(async (tx) => {
    const [known] = await tx.run<{ origin: string | null }>(
      "SELECT origin FROM service FOR UPDATE",
    );
    if (known?.origin === here.origin) return;
    await tx.run("UPDATE service SET origin = $1", [here.origin]);
    if (known?.origin !== null) await tx.run(renewal, [newEpoch()]);
  });
}

async function recordsOver(connection: Connection, now: () => Microseconds): Promise<Records> {
  const run: Connection["run"] = (statement, values) => connection.run(statement, values);
  const readEpoch = async (): Promise<string> =>
    (await run<{ epoch: string }>("SELECT epoch FROM service"))[0]?.epoch ?? "";
  let epoch = await readEpoch();
  const orgBy = async (column: "id" | "slug", value: string): Promise<Org | undefined> =>
    (await run<Org>(`SELECT id, slug, name FROM orgs WHERE ${column} = $1`, [value]))[0];
  const rows = postgresRows(connection, now);
  const statements = statementsOf(connection, now);

  return {
    get epoch() {
      return epoch;
    },
    async renewEpoch() {
      await run(renewal, [newEpoch()]);
      epoch = await readEpoch();
      return epoch;
    },
    async ping() {
      await run("UPDATE service SET probed_at = $1", [now()]);
    },
    async createOrg(org) {
      const { id, slug, name } = org;
      const made = await run(
        "INSERT INTO orgs (id, slug, name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING id",
        [id, slug, name],
      );
      if (made.length > 0) return { org, created: true };
      const taken = await orgBy("slug", slug);
      if (taken?.id === id) return { org: taken, created: false };
      if (taken !== undefined) return { conflict: "slug", org: taken };
      return { conflict: "id", org: (await orgBy("id", id)) ?? org };
    },
    orgs: () => run<Org>('SELECT id, slug, name FROM orgs ORDER BY slug COLLATE "C"'),
    findOrg: (by) => ("id" in by ? orgBy("id", by.id) : orgBy("slug", by.slug)),
    async namesPeople(orgId) {
      const [row] = await run<{ names: unknown }>(
        "SELECT names_people AS names FROM orgs WHERE id = $1",
        [orgId],
      );
      return Number(row?.names) === 1;
    },
    async setNamesPeople(orgId, names) {
      await run("UPDATE orgs SET names_people = $2 WHERE id = $1", [orgId, names ? 1 : 0]);
    },

    async createToken(token, hash) {
      await run(
        `INSERT INTO tokens (hash, ${tokenColumns})
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
        [
          hash,
          token.id,
          token.prefix,
          token.org_id,
          token.project_id,
          token.scopes.join(" "),
          token.name,
          token.created_at,
          token.last_used_at,
          token.revoked_at,
          token.expires_at,
        ],
      );
    },
    async tokens(orgId) {
      const rows = await run<Raw<Token>>(
        `SELECT ${tokenColumns} FROM tokens WHERE org_id = $1 ORDER BY created_at, id`,
        [orgId],
      );
      return rows.map(readToken);
    },
    async findToken(hash) {
      const [row] = await run<Raw<Token> & { slug: string; org_name: string }>(
        `SELECT ${tokenColumns.replace("name", "tokens.name").replace(/^id/, "tokens.id")}, slug, orgs.name AS org_name
         FROM tokens JOIN orgs ON orgs.id = org_id WHERE hash = $1`,
        [hash],
      );
      if (row === undefined) return undefined;
      const { slug, org_name: name, ...token } = row;
      return { token: readToken(token), org: { id: String(token.org_id), slug, name } };
    },
    async touchToken(id, at) {
      await run("UPDATE tokens SET last_used_at = $2 WHERE id = $1", [id, at]);
    },
    async revokeToken(id, at) {
      const rows = await run(
        "UPDATE tokens SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1 RETURNING id",
        [id, at],
      );
      return rows.length > 0;
    },

    async tokenById(id) {
      const [row] = await run<Raw<Token>>(`SELECT ${tokenColumns} FROM tokens WHERE id = $1`, [id]);
      return row === undefined ? undefined : readToken(row);
    },
    async expireToken(id, at) {
      await run("UPDATE tokens SET expires_at = least(expires_at, $2) WHERE id = $1", [id, at]);
    },

    async createProject({ org_id, project_id, name, description, created_at }) {
      const made = await run(
        `INSERT INTO projects (org_id, project_id, name, description, created_at)
         SELECT $1, $2, $3, $4, $5
         WHERE NOT EXISTS (SELECT 1 FROM projects WHERE org_id = $1 AND project_id = $2)
         ON CONFLICT DO NOTHING RETURNING number`,
        [org_id, project_id, name, description, created_at],
      );
      return made.length > 0;
    },
    async projects(orgId) {
      const rows = await run<Raw<Project>>(
        `SELECT ${projectColumns} FROM projects WHERE org_id = $1 ORDER BY project_id COLLATE "C"`,
        [orgId],
      );
      return rows.map(readProject);
    },
    async project({ orgId, projectId }) {
      const [row] = await run<Raw<Project> & { epoch: string }>(
        `SELECT ${projectColumns}, epoch FROM projects, service WHERE org_id = $1 AND project_id = $2`,
        [orgId, projectId],
      );
      if (row === undefined) return undefined;
      const { epoch: present, ...project } = row;
      // Another process may have been told to take another identity.
      epoch = present;
      return readProject(project);
    },
    async setRetention({ orgId, projectId }, days) {
      await run("UPDATE projects SET keep_days = $3 WHERE org_id = $1 AND project_id = $2", [
        orgId,
        projectId,
        days,
      ]);
    },
    async deleteProject({ orgId, projectId }) {
      return connection.transaction(async (tx) => {
        const [project] = await tx.run<{ number: unknown }>(
          "DELETE FROM projects WHERE org_id = $1 AND project_id = $2 RETURNING number",
          [orgId, projectId],
        );
        if (project === undefined) return false;
        for (const table of ["rows", "versions", ...derivedTables]) {
          await tx.run(`DELETE FROM ${table} WHERE org_id = $1 AND project = $2`, [
            orgId,
            project.number,
          ]);
        }
        await tx.run("DELETE FROM known_blobs WHERE org_id = $1 AND project_id = $2", [
          orgId,
          projectId,
        ]);
        return true;
      });
    },

    ...rows,
    ...postgresBlobs(connection, now),
    operations: operationsOver(statements),
    derived: derivedOver(
      statements,
      async (tenant, id) => (await rows.row(tenant, "traces", id))?.text,
    ),
    sessions: sessionsOver(statements),
    close: () => connection.close(),
  };
}

const derivedTables = ["commits", "commit_files", "claims", "conversations"];

function statementsOf(connection: Connection, now: () => Microseconds): Statements {
  return {
    ofOrg: "rows.org_id = $1 AND",
    now,
    encode: (text) => Buffer.from(text),
    decode: (value) => Buffer.from(value as Uint8Array).toString(),
    list: postgresList,
    has: (text, n) => `strpos(${text}, $${n}) > 0`,
    run: (statement, values) => connection.run(statement, values),
    all: (statements) =>
      connection.transaction(async (tx) => {
        for (const [statement, values] of statements) await tx.run(statement, values);
      }),
  };
}

function timeOrNull(value: unknown): Microseconds | null {
  return value === null ? null : Number(value);
}

function readToken(row: Raw<Token>): Token {
  return {
    ...(row as unknown as Token),
    scopes: String(row.scopes).split(" ") as never,
    created_at: Number(row.created_at),
    last_used_at: timeOrNull(row.last_used_at),
    revoked_at: timeOrNull(row.revoked_at),
    expires_at: timeOrNull(row.expires_at),
  };
}

function readProject(row: Raw<Project>): Project {
  const project = row as unknown as Project;
  return { ...project, created_at: Number(row.created_at), number: Number(row.number) };
}
