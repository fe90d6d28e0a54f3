import type { BlobId } from "../schema/ids.ts";
import type { Connection, Transaction } from "./postgres-connection.ts";
import type { BlobPart, KnownBlob, Microseconds, Records, SaveBlob } from "./records.ts";

type BlobStatements = Pick<
  Records,
  "ownBlob" | "knownBlobs" | "storedBlob" | "saveBlob" | "forgetBlob"
>;
type Saved = Awaited<ReturnType<Records["saveBlob"]>>;

const own = `INSERT INTO known_blobs (org_id, id, project_id, size, created_at)
  VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`;

/** The part of the database that says which blobs there are, of what they are made, and who knows them. */
export function postgresBlobs(connection: Connection, now: () => Microseconds): BlobStatements {
  async function save(
    tx: Transaction,
    { orgId, projectId }: { orgId: string; projectId: string },
    { id, size, parts, added, absorbed, replaces, base }: SaveBlob,
  ): Promise<Saved> {
    const at = now();
    const has = async (statement: string, value: string): Promise<boolean> =>
      (await tx.run(statement, [orgId, value])).length > 0;
    // One at a time makes a blob of this name, and no segment that it rests on goes while it is made.
    await tx.run("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [`${orgId} ${id}`]);
    if (!replaces && (await has("SELECT 1 FROM blobs WHERE org_id = $1 AND id = $2", id))) {
      await tx.run(own, [orgId, id, projectId, size, at]);
      return { outcome: "known", freed: added };
    }
    const rests = new Set([
      ...parts.map(({ segment }) => segment).filter((name) => !added.includes(name)),
      ...absorbed.map(({ name }) => name),
    ]);
    // Always in the same order, so that no two wait for each other.
    for (const name of [...rests].toSorted()) {
      const isAbsorbed = absorbed.some((segment) => segment.name === name);
      const lock = isAbsorbed ? "FOR UPDATE" : "FOR SHARE";
      const statement = `SELECT 1 FROM segments WHERE org_id = $1 AND name = $2 ${lock}`;
      if (!(await has(statement, name))) return { outcome: "changed", freed: added };
    }
    if (
      base !== undefined &&
      !(await has("SELECT 1 FROM blobs WHERE org_id = $1 AND id = $2", base))
    ) {
      return { outcome: "changed", freed: added };
    }
    await tx.run("DELETE FROM blob_parts WHERE org_id = $1 AND blob = $2", [orgId, id]);
    await tx.run("DELETE FROM blobs WHERE org_id = $1 AND id = $2", [orgId, id]);
    for (const { segment, segmentSize } of parts) {
      if (!added.includes(segment)) continue;
      await tx.run(
        `INSERT INTO segments (org_id, name, size, encoding, created_at)
         VALUES ($1, $2, $3, 'frames', $4)`,
        [orgId, segment, segmentSize, at],
      );
    }
    await tx.run("INSERT INTO blobs (org_id, id, size, created_at) VALUES ($1, $2, $3, $4)", [
      orgId,
      id,
      size,
      at,
    ]);
    for (const [position, { segment, start, length, state }] of parts.entries()) {
      await tx.run(
        `INSERT INTO blob_parts (org_id, blob, position, segment, start, length, state)
         VALUES ($1, $2, $3, $4, $5, $6, $7)`,
        [orgId, id, position, segment, start, length, state === null ? null : Buffer.from(state)],
      );
    }
    const [into] = added;
    for (const { name, start } of into === undefined ? [] : absorbed) {
      await tx.run(
        "UPDATE blob_parts SET segment = $3, start = start + $4 WHERE org_id = $1 AND segment = $2",
        [orgId, name, into, start],
      );
      await tx.run("DELETE FROM segments WHERE org_id = $1 AND name = $2", [orgId, name]);
    }
    await tx.run(own, [orgId, id, projectId, size, at]);
    return { outcome: "stored", freed: absorbed.map(({ name }) => name) };
  }

  return {
    async ownBlob({ orgId, projectId }, { id, size }) {
      await connection.run(own, [orgId, id, projectId ?? "", size, now()]);
    },
    async knownBlobs({ orgId, projectId }, ids) {
      if (ids.length === 0) return new Map();
      const rows = await connection.run<{ id: BlobId; size: unknown }>(
        `SELECT DISTINCT id, size FROM known_blobs
         WHERE org_id = $1 AND id = ANY($2::text[]) AND ($3::text IS NULL OR project_id = $3)`,
        [orgId, `{${ids.join(",")}}`, projectId],
      );
      const sizes = new Map(rows.map(({ id, size }) => [id, Number(size)]));
      // In the order in which they were asked for.
      return new Map<BlobId, KnownBlob>(
        ids.flatMap((id) => {
          const size = sizes.get(id);
          return size === undefined ? [] : [[id, { id, size }] as const];
        }),
      );
    },
    async storedBlob(orgId, id) {
      const rows = await connection.run<{
        whole: unknown;
        segment: string | null;
        encoding: BlobPart["encoding"];
        start: unknown;
        length: unknown;
        state: Uint8Array | null;
        size: unknown;
      }>(
        `SELECT blobs.size AS whole, segment, encoding, start, length, state, segments.size AS size
         FROM blobs
         LEFT JOIN blob_parts ON blob_parts.org_id = $1 AND blob = blobs.id
         LEFT JOIN segments ON segments.org_id = $1 AND name = segment
         WHERE blobs.org_id = $1 AND blobs.id = $2 ORDER BY position`,
        [orgId, id],
      );
      const [first] = rows;
      if (first === undefined) return undefined;
      const parts = rows.flatMap(({ segment, encoding, start, length, state, size }) =>
        segment === null
          ? []
          : [
              {
                segment,
                encoding,
                start: Number(start),
                length: Number(length),
                state: state === null ? null : new Uint8Array(state),
                segmentSize: Number(size),
              },
            ],
      );
      return { size: Number(first.whole), parts };
    },
    async saveBlob({ orgId, projectId }, blob) {
      return connection.transaction((tx) => save(tx, { orgId, projectId: projectId ?? "" }, blob));
    },
    async forgetBlob(orgId, id) {
      await connection.transaction(async (tx) => {
        await tx.run("DELETE FROM blob_parts WHERE org_id = $1 AND blob = $2", [orgId, id]);
        await tx.run("DELETE FROM blobs WHERE org_id = $1 AND id = $2", [orgId, id]);
      });
    },
  };
}
