import type { BlobId } from "../schema/ids.ts";
import { type Resource, resources } from "../schema/resource.ts";
import { formatTime } from "../schema/time.ts";
import { storable } from "./derived/row-facts.ts";
import type { AuditEntry, Operations, ProjectStats, Statements, Values } from "./operations.ts";
import type { Microseconds } from "./project.ts";

const conversations = resources.indexOf("conversations");
const summaries = resources.indexOf("summaries");
const forgettable = (["traces", "conversations", "summaries"] as const).map((name) =>
  resources.indexOf(name),
);
const listed = 1000;
/** Questions that are asked at a time: a database elsewhere answers them together. */
const lookups = 32;

/** The operations over a database. */
export function operationsOver(database: Statements): Operations {
  const { run, all, encode, decode, ofOrg, now } = database;
  const hasRow = (blob: string): string =>
    ofOrg === ""
      ? `EXISTS (SELECT 1 FROM rows JOIN projects ON projects.number = rows.project WHERE rows.blob = ${blob} AND projects.org_id = $1)`
      : `EXISTS (SELECT 1 FROM rows WHERE rows.org_id = $1 AND rows.blob = ${blob})`;
  const each = async <T>(
    items: readonly T[],
    ask: (item: T) => Promise<unknown[]>,
  ): Promise<T[]> => {
    const found: T[] = [];
    for (let first = 0; first < items.length; first += lookups) {
      const some = items.slice(first, first + lookups);
      const answers = await Promise.all(some.map(ask));
      found.push(...some.filter((_, at) => (answers[at]?.length ?? 0) > 0));
    }
    return found;
  };

  return {
    async note({ at, org_id, actor, action, target }) {
      await run(
        "INSERT INTO audit (org_id, at, actor, action, target) VALUES ($1, $2, $3, $4, $5)",
        [org_id, at, actor, action, target],
      );
    },
    async audit(since, limit) {
      const rows = await run<AuditEntry>(
        "SELECT at, org_id, actor, action, target FROM audit WHERE at > $1 ORDER BY at LIMIT $2",
        [since, limit],
      );
      return rows.map((row) => ({ ...row, at: Number(row.at) }));
    },
    async latestActs(limit) {
      const rows = await run<AuditEntry>(
        "SELECT at, org_id, actor, action, target FROM audit ORDER BY at DESC LIMIT $1",
        [limit],
      );
      return rows.map((row) => ({ ...row, at: Number(row.at) }));
    },
    async stats(orgId) {
      const projects = await run<{ project_id: string; number: unknown }>(
        "SELECT project_id, number FROM projects WHERE org_id = $1 ORDER BY project_id",
        [orgId],
      );
      const stats: ProjectStats[] = [];
      for (const { project_id, number } of projects) {
        const counted = await run<Record<"resource" | "rows" | "bytes" | "last", unknown>>(
          `SELECT resource, count(*) AS rows, sum(bytes) AS bytes, max(place) AS last FROM rows
           WHERE ${ofOrg} project = $2 GROUP BY resource`,
          [orgId, Number(number)],
        );
        const lasts = counted.map(({ last }) => Number(last));
        stats.push({
          project_id,
          rows: Object.fromEntries(
            counted.map(({ resource, rows }) => [
              resources[Number(resource)] as Resource,
              Number(rows),
            ]),
          ),
          bytes: counted.reduce((sum, { bytes }) => sum + Number(bytes), 0),
          last_push: lasts.length === 0 ? null : Math.max(...lasts),
        });
      }
      return stats;
    },
    async blobStats(orgId) {
      const [blobs] = await run<Record<"count" | "bytes", unknown>>(
        "SELECT count(*) AS count, sum(size) AS bytes FROM blobs WHERE org_id = $1",
        [orgId],
      );
      const [segments] = await run<Record<"bytes", unknown>>(
        "SELECT sum(size) AS bytes FROM segments WHERE org_id = $1",
        [orgId],
      );
      return {
        blobs: Number(blobs?.count ?? 0),
        bytes: Number(blobs?.bytes ?? 0),
        segments: Number(segments?.bytes ?? 0),
      };
    },
    async purgeable({ org_id, number }, { conversation, blob, before }) {
      const [condition, value] =
        conversation !== undefined
          ? ["key = $4", encode(conversation)]
          : blob !== undefined
            ? ["blob = $4", blob]
            : ["place < $4", before ?? 0];
      const rows = await run<{ key: unknown; blob: BlobId | null }>(
        `SELECT key, blob FROM rows
         WHERE ${ofOrg} project = $2 AND resource = $3 AND blob IS NOT NULL AND ${condition}`,
        [org_id, number, conversations, value],
      );
      return rows.map((row) => ({ key: decode(row.key), blob: row.blob }));
    },
    async bury({ org_id, project_id, number }, rows) {
      for (let first = 0; first < rows.length; first += listed) {
        const some = rows.slice(first, first + listed);
        const at = now();
        const [counter] = await run<{ last: unknown }>(
          "SELECT last FROM places WHERE org_id = $1 AND project_id = $2 AND resource = $3",
          [org_id, project_id, conversations],
        );
        // Far enough ahead that no batch which is being written meanwhile can get one of these places.
        let place = Math.max(at, Number(counter?.last ?? 0)) + 1_000_000;
        const statements: (readonly [string, Values])[] = [];
        for (const { key, blob } of some) {
          const text = JSON.stringify({
            conversation_id: key,
            content_sha256: blob,
            purged_at: formatTime(BigInt(at)),
          });
          statements.push(
            [
              `UPDATE rows SET place = $5, blob = NULL, writer = NULL, bytes = $6, body = $7
               WHERE ${ofOrg} project = $2 AND resource = $3 AND key = $4`,
              [
                org_id,
                number,
                conversations,
                encode(key),
                ++place,
                Buffer.byteLength(text),
                encode(text),
              ],
            ],
            tombstone(org_id, project_id, { name: key, at }),
            [
              `UPDATE conversations SET blob = NULL, words = NULL, words_of = NULL, summary = NULL
               WHERE org_id = $1 AND project = $2 AND id = $3`,
              [org_id, number, storable(key)],
            ],
          );
          if (blob !== null) statements.push(tombstone(org_id, "", { name: blob, at }));
        }
        statements.push([
          "UPDATE places SET last = $4 WHERE org_id = $1 AND project_id = $2 AND resource = $3 AND last < $4",
          [org_id, project_id, conversations, place],
        ]);
        await all(statements);
      }
      for (const { key } of rows) {
        const prefix = `${JSON.stringify([key]).slice(0, -1)},`;
        await run(
          `DELETE FROM rows WHERE ${ofOrg} project = $2 AND resource = $3 AND substr(key, 1, $4) = $5`,
          [org_id, number, summaries, lengthOf(encode(prefix)), encode(prefix)],
        );
      }
    },
    async buried({ orgId, projectId }, names) {
      const found = await each(names, (name) =>
        run(
          `SELECT 1 AS one FROM tombstones WHERE org_id = $1 AND project_id IN ($2, '') AND name = $3`,
          [orgId, projectId, encode(name)],
        ),
      );
      return new Set(found);
    },
    async sharing(orgId, id) {
      const rows = await run<{ id: BlobId; named: unknown }>(
        `SELECT id, CASE WHEN ${hasRow("shared.id")} THEN 1 ELSE 0 END AS named
         FROM (SELECT DISTINCT other.blob AS id FROM blob_parts own
               JOIN blob_parts other ON other.org_id = $1 AND other.segment = own.segment
               WHERE own.org_id = $1 AND own.blob = $2) shared`,
        [orgId, id],
      );
      return rows
        .filter((row) => row.id !== id)
        .map((row) => ({ id: row.id, named: Number(row.named) === 1 }));
    },
    async unused(orgId, before) {
      const rows = await run<{ id: BlobId }>(
        `SELECT id FROM blobs WHERE org_id = $1 AND created_at < $2 AND NOT ${hasRow("blobs.id")}
         LIMIT ${listed}`,
        [orgId, before],
      );
      return rows.map(({ id }) => id);
    },
    async dropBlobs(orgId, ids, { unlessNamed }) {
      for (const id of ids) {
        const guard = unlessNamed ? `AND NOT ${hasRow("$2")}` : "";
        // Who may know of it goes first, then the blob, then its parts, each by what is left of the one before.
        await all([
          [`DELETE FROM blobs WHERE org_id = $1 AND id = $2 ${guard}`, [orgId, id]],
          [
            `DELETE FROM known_blobs WHERE org_id = $1 AND id = $2
             AND NOT EXISTS (SELECT 1 FROM blobs WHERE org_id = $1 AND id = $2)`,
            [orgId, id],
          ],
          [
            `DELETE FROM blob_parts WHERE org_id = $1 AND blob = $2
             AND NOT EXISTS (SELECT 1 FROM blobs WHERE org_id = $1 AND id = $2)`,
            [orgId, id],
          ],
        ]);
      }
    },
    async freeSegments(orgId, before) {
      const rows = await run<{ name: string }>(
        `DELETE FROM segments WHERE org_id = $1 AND created_at < $2 AND NOT EXISTS (
           SELECT 1 FROM blob_parts WHERE blob_parts.org_id = $1 AND segment = segments.name)
         RETURNING name`,
        [orgId, before],
      );
      return rows.map(({ name }) => name);
    },
    async keptSegments(orgIds, names) {
      const kept = new Set<string>();
      for (const orgId of orgIds) {
        const own = await each(names, (name) =>
          run("SELECT 1 AS one FROM segments WHERE org_id = $1 AND name = $2", [orgId, name]),
        );
        for (const name of own) kept.add(name);
      }
      return kept;
    },
    async expire({ org_id, number }, before) {
      let count = 0;
      for (const resource of forgettable) {
        const gone = await run(
          `DELETE FROM rows WHERE ${ofOrg} project = $2 AND resource = $3 AND place < $4 RETURNING place`,
          [org_id, number, resource, before],
        );
        count += gone.length;
      }
      for (const [columns, place] of [
        ["blob = NULL, words = NULL, words_of = NULL", "place"],
        ["summary = NULL", "summary_place"],
      ]) {
        await run(
          `UPDATE conversations SET ${columns} WHERE org_id = $1 AND project = $2 AND ${place} < $3`,
          [org_id, number, before],
        );
      }
      return count;
    },
  };

  function tombstone(
    orgId: string,
    projectId: string,
    { name, at }: { name: string; at: Microseconds },
  ): readonly [string, Values] {
    return [
      `INSERT INTO tombstones (org_id, project_id, name, at) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING`,
      [orgId, projectId, encode(name), at],
    ];
  }
}

function lengthOf(value: unknown): number {
  return typeof value === "string" ? [...value].length : (value as Uint8Array).length;
}
