import { type Resource, resources } from "../schema/resource.ts";
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

/** Rows as one statement takes them: all keys in one value, all bodies in another, and where each begins and ends. */
const given = `
  SELECT n, substring($4::bytea FROM key_at FOR key_length) AS key,
         substring($5::bytea FROM body_at FOR body_length) AS body, body_length AS bytes, nullif(blob, '') AS blob
  FROM unnest($6::int[], $7::int[], $8::int[], $9::int[], $10::text[])
       WITH ORDINALITY AS list (key_at, key_length, body_at, body_length, blob, n)`;

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
    const owned = rows.flatMap(({ blob }) => (blob === undefined ? [] : [blob]));

    /** Stores rows of different keys; returns those that were refused. */
    async function storeWave(wave: readonly NewRow[]): Promise<Set<number>> {
      const list = packed(wave);
      const known = await tx.run<Known>(
        `WITH given AS (${given}),
           known AS (
             SELECT given.n, rows.writer,
                    CASE WHEN given.blob IS NULL THEN rows.body <> given.body
                         ELSE rows.blob IS DISTINCT FROM given.blob END AS differs
             FROM given JOIN rows
               ON rows.org_id = $1 AND rows.project = $2 AND rows.resource = $3 AND rows.key = given.key),
           fresh AS (
             INSERT INTO rows (org_id, project, resource, key, place, blob, writer, bytes, body)
             SELECT $1, $2, $3, key, $11 + row_number() OVER (ORDER BY n) - 1, blob, $12, bytes, body
             FROM given WHERE n NOT IN (SELECT n FROM known))
         SELECT n, differs, writer FROM known`,
        [orgId, project, number, ...list, place, writer],
      );
      const fresh = wave.length - known.length;
      outcome.stored += fresh;
      place += fresh;
      const isReplacing = resource !== "traces";
      const differing = known.filter(({ differs }) => differs && isReplacing);
      const refused = differing.filter((row) => ownOnly && row.writer !== writer);
      const changed = differing.filter((row) => !refused.includes(row));
      outcome.duplicate += known.length - differing.length;
      if (changed.length > 0) {
        const numbers = changed.map(({ n }) => Number(n)).toSorted((a, b) => a - b);
        await replace(numbers.map((n) => wave[n - 1] as NewRow));
      }
      return new Set(refused.map(({ n }) => Number(n) - 1));
    }

    async function replace(changed: readonly NewRow[]): Promise<void> {
      const list = packed(changed);
      if (resource === "ledgers") {
        await tx.run(
          `WITH given AS (${given})
           INSERT INTO versions (org_id, project, resource, key, place, writer, replaced_at, body)
           SELECT $1, $2, $3, rows.key, rows.place, rows.writer, $11 + given.n - 1, rows.body
           FROM given JOIN rows
             ON rows.org_id = $1 AND rows.project = $2 AND rows.resource = $3 AND rows.key = given.key`,
          [orgId, project, number, ...list, place],
        );
      }
      await tx.run(
        `WITH given AS (${given})
         UPDATE rows SET place = $11 + given.n - 1, blob = given.blob, writer = $12, bytes = given.bytes,
           body = given.body
         FROM given
         WHERE rows.org_id = $1 AND rows.project = $2 AND rows.resource = $3 AND rows.key = given.key`,
        [orgId, project, number, ...list, place, writer],
      );
      outcome.replaced += changed.length;
      place += changed.length;
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
          "SELECT number FROM projects WHERE org_id = $1 AND project_id = $2 FOR SHARE",
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
        `SELECT body, writer, place, replaced_at FROM versions WHERE ${mine} AND key = $4
         UNION ALL SELECT body, writer, place, NULL FROM rows WHERE ${mine} AND key = $4
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
        `SELECT body, writer FROM rows WHERE ${mine} AND key = $4`,
        [...of(tenant, resource), Buffer.from(key)],
      );
      return row === undefined ? undefined : { text: textOf(row.body), writer: row.writer };
    },
  };
}

/**
 * A batch may name a key more than once. What comes first decides against what is stored; of the others the last one
 * counts, and what lies between is only counted.
 */
function waves(rows: readonly NewRow[], keepsFirst: boolean) {
  const firsts: { row: NewRow; index: number }[] = [];
  const seen = new Map<string, { first: NewRow; last: NewRow }>();
  const repeats = { duplicate: 0, replaced: 0 };
  for (const [index, row] of rows.entries()) {
    const known = seen.get(row.key);
    if (known === undefined) {
      seen.set(row.key, { first: row, last: row });
      firsts.push({ row, index });
    } else if (keepsFirst || isSame(known.last, row)) repeats.duplicate++;
    else {
      repeats.replaced++;
      known.last = row;
    }
  }
  const changed = [...seen.values()].filter(({ first, last }) => first !== last);
  return { firsts, lasts: changed.map(({ last }) => last), repeats };
}

function isSame(a: NewRow, b: NewRow): boolean {
  return b.blob === undefined ? a.text === b.text : a.blob?.id === b.blob.id;
}

/** The values $4 to $10 of a statement that takes rows. */
function packed(rows: readonly NewRow[]): unknown[] {
  const keys = rows.map(({ key }) => Buffer.from(key));
  const bodies = rows.map(({ text }) => Buffer.from(text));
  return [
    Buffer.concat(keys),
    Buffer.concat(bodies),
    ...bounds(keys),
    ...bounds(bodies),
    array(rows.map(({ blob }) => blob?.id ?? "")),
  ];
}

function bounds(parts: readonly Buffer[]): [string, string] {
  let at = 1;
  const starts = parts.map((part) => (at += part.length) - part.length);
  return [array(starts), array(parts.map(({ length }) => length))];
}

/** An array as PostgreSQL reads it from text; the values are numbers and digests. */
function array(values: readonly (string | number)[]): string {
  return `{${values.map((value) => (value === "" ? '""' : String(value))).join(",")}}`;
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}
