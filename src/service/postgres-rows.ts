import { type Resource, resources } from "../schema/resource.ts";
import { derive } from "./derived/derive.ts";
import { array, bounds, given, packed, postgresList, waves } from "./postgres-batch.ts";
import type { Connection, Transaction } from "./postgres-connection.ts";
import type {
  Microseconds,
  NewRow,
  Places,
  Records,
  RowOutcome,
  RowWrite,
  StoreOptions,
  Tenant,
} from "./records.ts";

type RowStatements = Pick<
  Records,
  "store" | "places" | "extents" | "texts" | "slice" | "digests" | "versions" | "row"
>;

/** Where a statement is about the rows of one resource: $1 and $2 name the project, $3 the resource. */
const mine = `org_id = $1 AND resource = $3
  AND project = (SELECT number FROM projects WHERE org_id = $1 AND project_id = $2)`;

/**
 * The rows of one key. As nothing can be looked up by a sum, the primary key alone serves such a statement: while the
 * database knows little of a young table it would else read all rows of the project for each.
 */
const byKey = "rows.org_id = $1 AND rows.project + 0 = $2 AND rows.resource + 0 = $3 AND rows.key";

/** The same where the project is named; $4 is the key. */
const ofKey = `org_id = $1 AND resource + 0 = $3 AND key = $4
  AND project + 0 = (SELECT number FROM projects WHERE org_id = $1 AND project_id = $2)`;

interface Known {
  readonly n: number;
  readonly differs: boolean;
  readonly writer: string | null;
}

/** The part of the database that holds rows and their order. */
export function postgresRows(connection: Connection, now: () => Microseconds): RowStatements {
  const of = ({ orgId, projectId }: Tenant, resource: Resource): unknown[] => [
    orgId,
    projectId,
    resources.indexOf(resource),
  ];

  async function storeRows(
    tx: Transaction,
    { project, tenant, resource, rows }: RowWrite & { project: number; tenant: Tenant },
    { writer, ownOnly = false }: StoreOptions,
  ): Promise<RowOutcome> {
    const number = resources.indexOf(resource);
    const { orgId, projectId } = tenant;
    // The row of the counter stays locked to the end of the transaction: whoever writes the same resource waits.
    const [counter] = await tx.run<{ last: unknown }>(
      `INSERT INTO places (org_id, project_id, resource, last) VALUES ($1, $2, $3, 0)
       ON CONFLICT (org_id, project_id, resource) DO UPDATE SET last = places.last RETURNING last`,
      [orgId, projectId, number],
    );
    const before = Number(counter?.last ?? 0);
    const outcome: RowOutcome = {
      stored: 0,
      duplicate: 0,
      replaced: 0,
      first: null,
      last: null,
      before: before === 0 ? null : before,
      refused: [],
    };
    let place = Math.max(now(), before + 1);
    const first = place;
    const taken: NewRow[] = [];
    const owned = rows.flatMap(({ blob }) => (blob === undefined ? [] : [blob]));

    /** Stores rows of different keys; returns those that were refused. */
    async function storeWave(wave: readonly NewRow[]): Promise<Set<number>> {
      const keys = wave.map(({ key }) => Buffer.from(key));
      // Row by row through the index: a plan for all at once would read the whole table while it knows little of it.
      const there = await tx.run<{ n: unknown }>(
        `SELECT n FROM unnest($5::int[], $6::int[]) WITH ORDINALITY AS list (key_at, key_length, n)
         CROSS JOIN LATERAL (
           SELECT 1 FROM rows
           WHERE ${byKey} = substring($4::bytea FROM key_at FOR key_length) LIMIT 1) AS found`,
        [orgId, project, number, Buffer.concat(keys), ...bounds(keys)],
      );
      const old = new Set(there.map(({ n }) => Number(n) - 1));
      const fresh = old.size === 0 ? wave : wave.filter((_, at) => !old.has(at));
      if (fresh.length > 0) {
        await tx.run(
          `INSERT INTO rows (org_id, project, resource, key, place, blob, writer, bytes, body)
           SELECT $1, $2, $3, key, $11 + n - 1, blob, $12, bytes, body FROM (${given}) AS given`,
          [orgId, project, number, ...packed(fresh), place, writer],
        );
        outcome.stored += fresh.length;
        place += fresh.length;
        taken.push(...fresh);
      }
      if (resource === "traces" || old.size === 0) {
        outcome.duplicate += old.size;
        return new Set();
      }
      const places = [...old].toSorted((a, b) => a - b);
      const compared = await tx.run<Known>(
        `SELECT n, known.writer,
                CASE WHEN given.blob IS NULL THEN known.body <> given.body
                     ELSE known.blob IS DISTINCT FROM given.blob END AS differs
         FROM (${given}) AS given CROSS JOIN LATERAL (
           SELECT writer, body, blob FROM rows WHERE ${byKey} = given.key LIMIT 1) AS known
         ORDER BY n`,
        [orgId, project, number, ...packed(places.map((at) => wave[at] as NewRow))],
      );
      const refused = new Set<number>();
      const changed: NewRow[] = [];
      for (const { n, differs, writer: other } of compared) {
        const at = places[Number(n) - 1] ?? 0;
        if (!differs) outcome.duplicate++;
        else if (ownOnly && other !== writer) refused.add(at);
        else changed.push(wave[at] as NewRow);
      }
      if (changed.length > 0) await replace(changed);
      return refused;
    }

    async function replace(changed: readonly NewRow[]): Promise<void> {
      const list = packed(changed);
      if (resource === "ledgers") {
        await tx.run(
          `WITH given AS (${given})
           INSERT INTO versions (org_id, project, resource, key, place, writer, replaced_at, body)
           SELECT $1, $2, $3, rows.key, rows.place, rows.writer, $11 + given.n - 1, rows.body
           FROM given JOIN rows ON ${byKey} = given.key`,
          [orgId, project, number, ...list, place],
        );
      }
      await tx.run(
        `WITH given AS (${given})
         UPDATE rows SET place = $11 + given.n - 1, blob = given.blob, writer = $12, bytes = given.bytes,
           body = given.body
         FROM given
         WHERE ${byKey} = given.key`,
        [orgId, project, number, ...list, place, writer],
      );
      outcome.replaced += changed.length;
      place += changed.length;
      taken.push(...changed);
    }

    const { firsts, lasts, repeats } = waves(rows, resource === "traces");
    outcome.duplicate += repeats.duplicate;
    outcome.replaced += repeats.replaced;
    const refusedFirst = await storeWave(firsts.map(({ row }) => row));
    for (const at of refusedFirst) {
      outcome.refused.push({ index: firsts[at]?.index ?? 0, code: "append_only" });
    }
    const refusedKeys = new Set([...refusedFirst].map((at) => firsts[at]?.row.key));
    const again = lasts.filter(({ key }) => !refusedKeys.has(key));
    if (again.length > 0) {
      await replace(again);
      outcome.replaced -= again.length;
    }
    const about = { orgId, project, resource, writer, place: first, rows: taken };
    for (const [statement, values] of derive({ list: postgresList }, about)) {
      await tx.run(statement, values);
    }
    if (place > first) {
      outcome.first = first;
      outcome.last = place - 1;
      await tx.run(
        "UPDATE places SET last = $4 WHERE org_id = $1 AND project_id = $2 AND resource = $3",
        [orgId, projectId, number, place - 1],
      );
    }
    if (owned.length > 0) {
      await tx.run(
        `INSERT INTO known_blobs (org_id, id, project_id, size, created_at)
         SELECT $1, id, $2, size, $3 FROM unnest($4::text[], $5::bigint[]) AS list (id, size)
         ON CONFLICT DO NOTHING`,
        [
          orgId,
          projectId,
          first,
          array(owned.map(({ id }) => id)),
          array(owned.map(({ size }) => size)),
        ],
      );
    }
    return outcome;
  }

  return {
    async store(tenant, writes, options) {
      return connection.transaction(async (tx) => {
        const [project] = await tx.run<{ number: unknown }>(
          // Rows are found by the index for each, whatever the database thinks of a table that it has not counted yet.
          `SELECT number, set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)
           FROM projects WHERE org_id = $1 AND project_id = $2 FOR SHARE`,
          [tenant.orgId, tenant.projectId],
        );
        if (project === undefined) return undefined;
        const outcomes: RowOutcome[] = [];
        for (const write of writes) {
          const about = { ...write, tenant, project: Number(project.number) };
          outcomes.push(await storeRows(tx, about, options));
        }
        return outcomes;
      });
    },
    async places({ orgId, projectId }) {
      const found = await connection.run<{ resource: number; last: unknown }>(
        "SELECT resource, last FROM places WHERE org_id = $1 AND project_id = $2 AND last > 0",
        [orgId, projectId],
      );
      const lasts = new Map(found.map(({ resource, last }) => [resource, Number(last)]));
      return Object.fromEntries(
        resources.map((resource, at) => [resource, lasts.get(at) ?? null]),
      ) as Places;
    },
    async extents(tenant, resource, { since, limit }) {
      const rows = await connection.run<{ place: unknown; bytes: unknown }>(
        `SELECT place, bytes FROM rows WHERE ${mine} AND place > $4 ORDER BY place LIMIT $5`,
        [...of(tenant, resource), since ?? Number.MIN_SAFE_INTEGER, limit],
      );
      return rows.map(({ place, bytes }) => ({ place: Number(place), bytes: Number(bytes) }));
    },
    async texts(tenant, resource, { from, to }) {
      const [row] = await connection.run<{ texts: Uint8Array | null }>(
        `SELECT string_agg(body, '\\x2c0a'::bytea ORDER BY place) AS texts
         FROM rows WHERE ${mine} AND place >= $4 AND place <= $5`,
        [...of(tenant, resource), from, to],
      );
      return row?.texts ?? new Uint8Array();
    },
    async slice(tenant, resource, { place, from, bytes }) {
      const [row] = await connection.run<{ text: Uint8Array }>(
        `SELECT substring(body FROM $5::int FOR $6::int) AS text FROM rows WHERE ${mine} AND place = $4`,
        [...of(tenant, resource), place, from + 1, bytes],
      );
      return row?.text ?? new Uint8Array();
    },
    async digests(tenant, resource, { since, limit }) {
      const rows = await connection.run<{ key: Uint8Array; digest: string; place: unknown }>(
        `SELECT key, place, encode(sha256(coalesce(convert_to(blob, 'UTF8'), body)), 'hex') AS digest
         FROM rows WHERE ${mine} AND place > $4 ORDER BY place LIMIT $5`,
        [...of(tenant, resource), since ?? Number.MIN_SAFE_INTEGER, limit],
      );
      const last = rows.at(-1)?.place;
      return {
        rows: rows.map(({ key, digest }) => ({ key: textOf(key), digest })),
        last: last === undefined ? null : Number(last),
      };
    },
    async versions(tenant, resource, key) {
      const rows = await connection.run<{
        body: Uint8Array;
        writer: string | null;
        place: unknown;
        replaced_at: unknown;
      }>(
        `SELECT body, writer, place, replaced_at FROM versions WHERE ${ofKey}
         UNION ALL SELECT body, writer, place, NULL FROM rows WHERE ${ofKey}
         ORDER BY place`,
        [...of(tenant, resource), Buffer.from(key)],
      );
      return rows.map(({ body, writer, place, replaced_at: replacedAt }) => ({
        text: textOf(body),
        writer,
        place: Number(place),
        replaced_at: replacedAt === null ? null : Number(replacedAt),
      }));
    },
    async row(tenant, resource, key) {
      const [row] = await connection.run<{ body: Uint8Array; writer: string | null }>(
        `SELECT body, writer FROM rows WHERE ${ofKey}`,
        [...of(tenant, resource), Buffer.from(key)],
      );
      return row === undefined ? undefined : { text: textOf(row.body), writer: row.writer };
    },
  };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}
