import type { Database } from "bun:sqlite";
import { type Resource, resources } from "../schema/resource.ts";
import type { Microseconds, NewRow, Records, RowCounts, Tenant } from "./records.ts";

interface ProjectNumber {
  readonly number: number;
}

interface Existing {
  readonly number: number;
  readonly blob: string | null;
  readonly body: string;
}

/** New keys are few enough to be looked through and written cheaply; with so many they move in among all others. */
const freshKeys = 8192;

/** The part of the database that holds rows and their order. */
export function rowStatements(
  database: Database,
  now: () => Microseconds,
): Pick<Records, "store" | "page" | "row"> {
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
    `SELECT number, blob, body FROM rows WHERE number = ${numberOf}`,
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
  // The inner query gives the rows in order and stops at a limit, so they are joined in that order; to ask for it once
  // more would have all of them sorted, which takes three times as long as the rest.
  const readPage = database.query<
    { texts: Uint8Array | null; count: number; last: number | null },
    [number, number, number, number]
  >(
    `SELECT CAST(group_concat(body, char(44, 10)) AS BLOB) AS texts,
            count(*) AS count, max(place) AS last
     FROM (SELECT body, place FROM rows
           WHERE project = ? AND resource = ? AND place > ? ORDER BY place LIMIT ?)`,
  );
  const measurePage = database.query<
    { bytes: number | null; count: number },
    [number, number, number, number]
  >(
    `SELECT sum(bytes) AS bytes, count(*) AS count
     FROM (SELECT bytes FROM rows
           WHERE project = ? AND resource = ? AND place > ? ORDER BY place LIMIT ?)`,
  );
  const readRow = database.query<{ text: string; writer: string | null }, [number, number, string]>(
    `SELECT body AS text, writer FROM rows WHERE number = ${numberOf}`,
  );

  function storeRows(
    project: number,
    tenant: Tenant,
    resource: Resource,
    rows: readonly NewRow[],
    writer: string | null,
  ): RowCounts {
    const number = resources.indexOf(resource);
    const { orgId, projectId } = tenant;
    const last = lastPlace.get(orgId, projectId, number)?.last ?? 0;
    let place = Math.max(now(), last + 1);
    const first = place;
    const before = lastNumber.get()?.last ?? 0;
    let row = before;
    const counts = { stored: 0, duplicate: 0, replaced: 0 };
    for (const { key, text, blob } of rows) {
      const bytes = Buffer.byteLength(text);
      const id = blob?.id ?? null;
      if (blob !== undefined) ownBlob.run(orgId, blob.id, projectId, blob.size, first);
      if (claimKey.run(project, number, key, row + 1).changes > 0) {
        insert.run(++row, project, number, place, key, id, writer, bytes, text);
        counts.stored++;
        place++;
        continue;
      }
      const existing = resource === "traces" ? null : findRow.get(project, number, key);
      const same = id === null ? existing?.body === text : existing?.blob === id;
      if (existing === null || same) {
        counts.duplicate++;
        continue;
      }
      replace.run(place, id, writer, bytes, text, existing.number);
      counts.replaced++;
      place++;
    }
    if (place > first) savePlace.run(orgId, projectId, number, place - 1);
    if (Math.floor(row / freshKeys) > Math.floor(before / freshKeys)) {
      moveKeys.run();
      forgetFresh.run();
    }
    return counts;
  }

  return {
    async store(tenant, writes, writer) {
      return database
        .transaction(() => {
          const project = findProject.get(tenant.orgId, tenant.projectId);
          if (project === null) return undefined;
          return writes.map(({ resource, rows }) =>
            storeRows(project.number, tenant, resource, rows, writer),
          );
        })
        .immediate();
    },
    async page({ orgId, projectId }, resource, { since, limit, bytes }) {
      const project = findProject.get(orgId, projectId);
      const number = resources.indexOf(resource);
      const after = since ?? Number.MIN_SAFE_INTEGER;
      if (project === null) return { texts: new Uint8Array(), count: 0, last: null };
      // The length of each row stands in the index, so this costs little, and nothing big is read in vain.
      let most = limit;
      for (;;) {
        const measured = measurePage.get(project.number, number, after, most);
        if ((measured?.bytes ?? 0) <= bytes || (measured?.count ?? 0) <= 1) break;
        most = Math.ceil(Math.min(most, measured?.count ?? most) / 2);
      }
      const page = readPage.get(project.number, number, after, most);
      return {
        texts: page?.texts ?? new Uint8Array(),
        count: page?.count ?? 0,
        last: page?.last ?? null,
      };
    },
    async row({ orgId, projectId }, resource, key) {
      const project = findProject.get(orgId, projectId);
      if (project === null) return undefined;
      return readRow.get(project.number, resources.indexOf(resource), key) ?? undefined;
    },
  };
}
