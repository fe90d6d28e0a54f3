import { Database, SQLiteError } from "bun:sqlite";
import { closeSync, openSync } from "node:fs";
import { AppError } from "../errors.ts";
import type { Microseconds, Org, Project, Records, Token } from "./records.ts";
import { migrate } from "./sqlite-migrations.ts";
import { blobStatements } from "./sqlite-blobs.ts";
import { derivedOver } from "./derived/derived-over.ts";
import { operationsOver } from "./operations-over.ts";
import type { Statements } from "./operations.ts";
import { sessionsOver } from "./page-sessions.ts";
import { numbered, sqliteHas, sqliteList } from "./sqlite-dialect.ts";
import { placeMark } from "./place-mark.ts";
import { rowStatements } from "./sqlite-rows.ts";
import { type OnStatement, reportStatements } from "./sqlite-statements.ts";

interface TokenRow extends Omit<Token, "scopes"> {
  readonly scopes: string;
}

const tokenColumns =
  "id, prefix, org_id, project_id, scopes, name, created_at, last_used_at, revoked_at, expires_at";
const projectColumns = "org_id, project_id, name, description, created_at";

/**
 * Opens the embedded database, making it where there is none. `now` gives the time that places are taken from;
 * `onStatement` is told of each statement that has ended.
 */
export function openSqliteRecords(
  path: string,
  now: () => Microseconds,
  onStatement?: OnStatement,
): Records {
  const database = openDatabase(path);
  if (onStatement !== undefined) reportStatements(database, onStatement);
  const mark = placeMark(`${path}.mark`);
  const epochOf = (): string => {
    const found = database.query<{ epoch: string }, []>("SELECT epoch FROM service").get();
    if (found !== null) return found.epoch;
    throw new AppError("damaged_file", `the service's database has no epoch: ${path}`);
  };
  const renew = (): void =>
    void database.run("UPDATE service SET epoch = ?", [crypto.randomUUID().replaceAll("-", "")]);
  const lastOfAll = database.query<{ last: number | null }, []>(
    "SELECT max(last) AS last FROM places",
  );
  // The file beside it has seen rows that the database lacks: somebody put an older copy in its place.
  if (mark.read() > (lastOfAll.get()?.last ?? 0)) renew();
  mark.write(lastOfAll.get()?.last ?? 0);
  let epoch = epochOf();
  const orgBy = {
    id: database.query<Org, [string]>("SELECT id, slug, name FROM orgs WHERE id = ?"),
    slug: database.query<Org, [string]>("SELECT id, slug, name FROM orgs WHERE slug = ?"),
  };
  const tokenByHash = database.query<TokenRow, [string]>(
    `SELECT ${tokenColumns} FROM tokens WHERE hash = ?`,
  );
  const projectByName = database.query<Project, [string, string]>(
    `SELECT ${projectColumns}, number, keep_days FROM projects WHERE org_id = ? AND project_id = ?`,
  );
  const rows = rowStatements(database, { now, onPlace: mark.advance });
  const statements = statementsOf(database, now);
  return {
    get epoch() {
      return epoch;
    },
    async renewEpoch() {
      renew();
      epoch = epochOf();
      return epoch;
    },
    async ping() {
      database.run("UPDATE service SET probed_at = ?", [now()]);
    },
    async createOrg({ id, slug, name }) {
      return database
        .transaction(() => {
          const taken = orgBy.slug.get(slug) ?? undefined;
          if (taken !== undefined) {
            return taken.id === id
              ? { org: taken, created: false }
              : { conflict: "slug" as const, org: taken };
          }
          const other = orgBy.id.get(id) ?? undefined;
          if (other !== undefined) return { conflict: "id" as const, org: other };
          database.run("INSERT INTO orgs (id, slug, name) VALUES (?, ?, ?)", [id, slug, name]);
          return { org: { id, slug, name }, created: true };
        })
        .immediate();
    },
    async orgs() {
      return database.query<Org, []>("SELECT id, slug, name FROM orgs ORDER BY slug").all();
    },
    async findOrg(by) {
      return ("id" in by ? orgBy.id.get(by.id) : orgBy.slug.get(by.slug)) ?? undefined;
    },
    async namesPeople(orgId) {
      const row = database
        .query<{ names: number }, [string]>("SELECT names_people AS names FROM orgs WHERE id = ?")
        .get(orgId);
      return row?.names === 1;
    },
    async setNamesPeople(orgId, names) {
      database.run("UPDATE orgs SET names_people = ? WHERE id = ?", [names ? 1 : 0, orgId]);
    },

    async createToken(token, hash) {
      database.run(
        `INSERT INTO tokens (hash, ${tokenColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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
      return database
        .query<TokenRow, [string]>(
          `SELECT ${tokenColumns} FROM tokens WHERE org_id = ? ORDER BY created_at, id`,
        )
        .all(orgId)
        .map(readToken);
    },
    async findToken(hash) {
      const row = tokenByHash.get(hash);
      const org = row === null ? null : orgBy.id.get(row.org_id);
      return row === null || org === null ? undefined : { token: readToken(row), org };
    },
    async touchToken(id, at) {
      database.run("UPDATE tokens SET last_used_at = ? WHERE id = ?", [at, id]);
    },
    async revokeToken(id, at) {
      const { changes } = database.run(
        "UPDATE tokens SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?",
        [at, id],
      );
      return changes > 0;
    },

    async tokenById(id) {
      const row = database
        .query<TokenRow, [string]>(`SELECT ${tokenColumns} FROM tokens WHERE id = ?`)
        .get(id);
      return row === null ? undefined : readToken(row);
    },
    async expireToken(id, at) {
      database.run(
        "UPDATE tokens SET expires_at = min(coalesce(expires_at, ?1), ?1) WHERE id = ?2",
        [at, id],
      );
    },

    async createProject(project) {
      const { changes } = database.run(
        `INSERT INTO projects (${projectColumns}) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
        [project.org_id, project.project_id, project.name, project.description, project.created_at],
      );
      return changes > 0;
    },
    async projects(orgId) {
      return database
        .query<Project, [string]>(
          `SELECT ${projectColumns}, number, keep_days FROM projects WHERE org_id = ? ORDER BY project_id`,
        )
        .all(orgId);
    },
    async project({ orgId, projectId }) {
      return projectByName.get(orgId, projectId) ?? undefined;
    },
    async setRetention({ orgId, projectId }, days) {
      database.run("UPDATE projects SET keep_days = ? WHERE org_id = ? AND project_id = ?", [
        days,
        orgId,
        projectId,
      ]);
    },
    async deleteProject({ orgId, projectId }) {
      return database
        .transaction(() => {
          database.run("DELETE FROM known_blobs WHERE org_id = ? AND project_id = ?", [
            orgId,
            projectId,
          ]);
          const { changes } = database.run(
            "DELETE FROM projects WHERE org_id = ? AND project_id = ?",
            [orgId, projectId],
          );
          return changes > 0;
        })
        .immediate();
    },

    ...rows,

    ...blobStatements(database, now),
    operations: operationsOver(statements),
    derived: derivedOver(
      statements,
      async (tenant, id) => (await rows.row(tenant, "traces", id))?.text,
    ),
    sessions: sessionsOver(statements),
    async close() {
      mark.write(lastOfAll.get()?.last ?? 0);
      database.run("PRAGMA wal_checkpoint(TRUNCATE)");
      database.close();
    },
  };
}

function statementsOf(database: Database, now: () => Microseconds): Statements {
  return {
    ofOrg: "",
    now,
    encode: (text) => text,
    decode: String,
    list: sqliteList,
    has: sqliteHas,
    async run<Row>(statement: string, values: readonly unknown[]) {
      return database.query(numbered(statement)).all(...(values as never[])) as Row[];
    },
    async all(statements) {
      database
        .transaction(() => {
          for (const [statement, values] of statements) {
            database.query(numbered(statement)).run(...(values as never[]));
          }
        })
        .immediate();
    },
  };
}

function openDatabase(path: string): Database {
  // SQLite would make the file, its log and its index readable by others where the umask allows it.
  closeSync(openSync(path, "a", 0o600));
  try {
    const database = new Database(path, { strict: true });
    // First of all: without it even the switch to a log may fail while another process starts.
    database.run("PRAGMA busy_timeout = 10000");
    // Counts only for a new database: rows are some 1.5 KiB, and of these four fit on a page.
    database.run("PRAGMA page_size = 8192");
    database.run("PRAGMA journal_mode = WAL");
    database.run("PRAGMA synchronous = FULL");
    database.run("PRAGMA foreign_keys = ON");
    database.run("PRAGMA cache_size = -16000");
    // Pages of the key index are written again and again: a longer log takes half of the work off an insert.
    database.run("PRAGMA wal_autocheckpoint = 5000");
    migrate(database);
    return database;
  } catch (error) {
    if (!(error instanceof SQLiteError)) throw error;
    throw new AppError("damaged_file", `cannot open the service's database: ${error.message}`, {
      hint: `look at ${path}, or start with another \`--data\` directory`,
      cause: error,
    });
  }
}

function readToken(row: TokenRow): Token {
  return { ...row, scopes: row.scopes.split(" ").filter((scope) => scope !== "") as never };
}
