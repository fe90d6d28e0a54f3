import type { Database } from "bun:sqlite";
import { type Resource, resources } from "../schema/resource.ts";
import { sha256Hex } from "../schema/digest.ts";
import { derive } from "./derived/derive.ts";
import type {
  Microseconds,
  NewRow,
  Places,
  Records,
  RowExtent,
  RowOutcome,
  RowVersion,
  RowWrite,
  StoreOptions,
  Tenant,
} from "./records.ts";
import { numbered, sqliteList } from "./sqlite-dialect.ts";

type RowStatements = Pick<
  Records,
  "store" | "places" | "extents" | "texts" | "slice" | "digests" | "versions" | "row"
>;

interface ProjectNumber {
  readonly number: number;
}

interface Existing {
  readonly number: number;
  readonly blob: string | null;
  readonly body: string;
  readonly writer: string | null;
}

/** New keys are few enough to be looked through and written cheaply; with so many they move in among all others. */
const freshKeys = 8192;

/** The part of the database that holds rows and their order. */
export function rowStatements(
  database: Database,
  { now, onPlace }: { now: () => Microseconds; onPlace(place: Microseconds): void },
): RowStatements {
  const findProject = database.query<ProjectNumber, [string, string]>(
    "SELECT number FROM projects WHERE org_id = ? AND project_id = ?",
  );
  const lastPlace = database.query<{ last: number }, [string, string, number]>(
    "SELECT last FROM places WHERE org_id = ? AND project_id = ? AND resource = ?",
  );
  const savePlace = database.query<never, [string, string, number, number]>(
    "INSERT INTO places (org_id, project_id, resource, last) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET last = excluded.last",
  );
  const lastNumber = database.query<{ last: number }, []>(
    "SELECT coalesce(max(number), 0) AS last FROM rows",
  );
  const claimKey = database.query<never, [number, number, string, number]>(
    `INSERT INTO fresh_keys (project, resource, key, number) SELECT ?1, ?2, ?3, ?4
     WHERE NOT EXISTS (SELECT 1 FROM keys WHERE project = ?1 AND resource = ?2 AND key = ?3)
     ON CONFLICT DO NOTHING`,
  );
  const insert = database.query<
    never,
    [number, number, number, number, string, string | null, string | null, number, string]
  >(
    `INSERT INTO rows (number, project, resource, place, key, blob, writer, bytes, body)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const numberOf = `(SELECT number FROM fresh_keys WHERE project = ?1 AND resource = ?2 AND key = ?3
     UNION ALL SELECT number FROM keys WHERE project = ?1 AND resource = ?2 AND key = ?3)`;
  const findRow = database.query<Existing, [number, number, string]>(
    `SELECT number, blob, body, writer FROM rows WHERE number = ${numberOf}`,
  );
  const moveKeys = database.query("INSERT INTO keys SELECT * FROM fresh_keys");
  const forgetFresh = database.query("DELETE FROM fresh_keys");
  const replace = database.query<
    never,
    [number, string | null, string | null, number, string, number]
  >("UPDATE rows SET place = ?, blob = ?, writer = ?, bytes = ?, body = ? WHERE number = ?");
  const ownBlob = database.query<never, [string, string, string, number, number]>(
    "INSERT INTO known_blobs (org_id, id, project_id, size, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const readExtents = database.query<RowExtent, [number, number, number, number]>(
    `SELECT place, bytes FROM rows
     WHERE project = ? AND resource = ? AND place > ? ORDER BY place LIMIT ?`,
  );
  // The inner query gives the rows in order, so they are joined in that order; to ask for it once more would have all
  // of them sorted, which takes three times as long as the rest.
  const readTexts = database.query<{ texts: Uint8Array | null }, [number, number, number, number]>(
    `SELECT CAST(group_concat(body, char(44, 10)) AS BLOB) AS texts
     FROM (SELECT body FROM rows
           WHERE project = ? AND resource = ? AND place >= ? AND place <= ? ORDER BY place)`,
  );
  const readSlice = database.query<{ text: Uint8Array }, [number, number, number, number, number]>(
    `SELECT substr(CAST(body AS BLOB), ?4 + 1, ?5) AS text FROM rows
     WHERE project = ?1 AND resource = ?2 AND place = ?3`,
  );
  const readDigestible = database.query<
    { key: string; place: number; blob: string | null; body: string },
    [number, number, number, number]
  >(
    `SELECT key, place, blob, body FROM rows
     WHERE project = ? AND resource = ? AND place > ? ORDER BY place LIMIT ?`,
  );
  const readPlaces = database.query<{ resource: number; last: number }, [string, string]>(
    "SELECT resource, last FROM places WHERE org_id = ? AND project_id = ?",
  );
  const keepVersion = database.query<never, [number, number]>(
    `INSERT INTO versions (project, resource, key, place, writer, replaced_at, body)
     SELECT project, resource, key, place, writer, ?2, body FROM rows WHERE number = ?1`,
  );
  const readVersions = database.query<RowVersion, [number, number, string]>(
    `SELECT body AS text, writer, place, replaced_at FROM versions
     WHERE project = ?1 AND resource = ?2 AND key = ?3
     UNION ALL SELECT body, writer, place, NULL FROM rows WHERE number = ${numberOf}
     ORDER BY place`,
  );
  const readRow = database.query<{ text: string; writer: string | null }, [number, number, string]>(
    `SELECT body AS text, writer FROM rows WHERE number = ${numberOf}`,
  );

  function storeRows(
    project: number,
    { tenant, resource, rows }: RowWrite & { readonly tenant: Tenant },
    { writer, ownOnly = false }: StoreOptions,
  ): RowOutcome {
    const number = resources.indexOf(resource);
    const { orgId, projectId } = tenant;
    const last = lastPlace.get(orgId, projectId, number)?.last;
    let place = Math.max(now(), (last ?? 0) + 1);
    const first = place;
    const before = lastNumber.get()?.last ?? 0;
    let row = before;
    const counts = { stored: 0, duplicate: 0, replaced: 0 };
    const refused: RowOutcome["refused"] = [];
    const taken: NewRow[] = [];
    for (const [index, incoming] of rows.entries()) {
      const { key, text, blob } = incoming;
      const bytes = Buffer.byteLength(text);
      const id = blob?.id ?? null;
      if (claimKey.run(project, number, key, row + 1).changes > 0) {
        if (blob !== undefined) ownBlob.run(orgId, blob.id, projectId, blob.size, first);
        insert.run(++row, project, number, place, key, id, writer, bytes, text);
        counts.stored++;
        place++;
        taken.push(incoming);
        continue;
      }
      const existing = resource === "traces" ? null : findRow.get(project, number, key);
      const same = id === null ? existing?.body === text : existing?.blob === id;
      if (existing !== null && !same && ownOnly && existing.writer !== writer) {
        refused.push({ index, code: "append_only" });
        continue;
      }
      if (blob !== undefined) ownBlob.run(orgId, blob.id, projectId, blob.size, first);
      if (existing === null || same) {
        counts.duplicate++;
        continue;
      }
      if (resource === "ledgers") keepVersion.run(existing.number, place);
      replace.run(place, id, writer, bytes, text, existing.number);
      counts.replaced++;
      place++;
      taken.push(incoming);
    }
    for (const [statement, values] of derive(
      { list: sqliteList },
      { orgId, project, resource, writer, place: first, rows: taken },
    )) {
      database.query(numbered(statement)).run(...(values as never[]));
    }
    const isNew = place > first;
    if (isNew) savePlace.run(orgId, projectId, number, place - 1);
    if (Math.floor(row / freshKeys) > Math.floor(before / freshKeys)) {
      moveKeys.run();
      forgetFresh.run();
    }
    return {
      ...counts,
      first: isNew ? first : null,
      last: isNew ? place - 1 : null,
      before: last ?? null,
      refused,
    };
  }

  /** What is asked of one resource of one project, by their numbers; the fallback where there is no project. */
  const ofProject = <T>(
    { orgId, projectId }: Tenant,
    resource: Resource,
    { otherwise, read }: { otherwise: T; read(project: number, resource: number): T },
  ): T => {
    const project = findProject.get(orgId, projectId);
    return project === null ? otherwise : read(project.number, resources.indexOf(resource));
  };

  return {
    async store(tenant, writes, options) {
      const outcomes = database
        .transaction(() => {
          const project = findProject.get(tenant.orgId, tenant.projectId);
          if (project === null) return undefined;
          return writes.map((write) => storeRows(project.number, { ...write, tenant }, options));
        })
        .immediate();
      for (const { last } of outcomes ?? []) if (last !== null) onPlace(last);
      return outcomes;
    },
    async places({ orgId, projectId }) {
      const found = new Map(
        readPlaces.all(orgId, projectId).map(({ resource, last }) => [resource, last]),
      );
      return Object.fromEntries(
        resources.map((resource, at) => [resource, found.get(at) ?? null]),
      ) as Places;
    },
    async extents(tenant, resource, { since, limit }) {
      return ofProject<RowExtent[]>(tenant, resource, {
        otherwise: [],
        read: (...of) => readExtents.all(...of, since ?? Number.MIN_SAFE_INTEGER, limit),
      });
    },
    async texts(tenant, resource, { from, to }) {
      return ofProject(tenant, resource, {
        otherwise: new Uint8Array(),
        read: (...of) => readTexts.get(...of, from, to)?.texts ?? new Uint8Array(),
      });
    },
    async slice(tenant, resource, { place, from, bytes }) {
      return ofProject(tenant, resource, {
        otherwise: new Uint8Array(),
        read: (...of) => readSlice.get(...of, place, from, bytes)?.text ?? new Uint8Array(),
      });
    },
    async digests(tenant, resource, { since, limit, isWanted = () => true }) {
      return ofProject<Awaited<ReturnType<Records["digests"]>>>(tenant, resource, {
        otherwise: { rows: [], last: null },
        read(...of) {
          const rows = readDigestible.all(...of, since ?? Number.MIN_SAFE_INTEGER, limit);
          return {
            rows: rows
              .filter(({ key }) => isWanted(key))
              .map(({ key, blob, body }) => ({ key, digest: sha256Hex(blob ?? body) })),
            last: rows.at(-1)?.place ?? null,
          };
        },
      });
    },
    async versions(tenant, resource, key) {
      return ofProject<RowVersion[]>(tenant, resource, {
        otherwise: [],
        read: (...of) => readVersions.all(...of, key),
      });
    },
    async row(tenant, resource, key) {
      return ofProject<{ text: string; writer: string | null } | undefined>(tenant, resource, {
        otherwise: undefined,
        read: (...of) => readRow.get(...of, key) ?? undefined,
      });
    },
  };
}
