import type { Database } from "bun:sqlite";
import type { BlobId } from "../schema/ids.ts";
import type { BlobPart, KnownBlob, Microseconds, Records, SaveBlob } from "./records.ts";

type BlobStatements = Pick<
  Records,
  "ownBlob" | "knownBlobs" | "storedBlob" | "saveBlob" | "forgetBlob"
>;

interface PartRow extends Omit<BlobPart, "segmentSize"> {
  readonly size: number;
}

/** The part of the database that says which blobs there are, of what they are made, and who knows them. */
export function blobStatements(database: Database, now: () => Microseconds): BlobStatements {
  const knownBlob = database.query<{ size: number }, [string, string]>(
    "SELECT size FROM known_blobs WHERE org_id = ? AND id = ? LIMIT 1",
  );
  const knownProjectBlob = database.query<{ size: number }, [string, string, string]>(
    "SELECT size FROM known_blobs WHERE org_id = ? AND id = ? AND project_id = ?",
  );
  const own = database.query<never, [string, string, string, number, number]>(
    `INSERT INTO known_blobs (org_id, id, project_id, size, created_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  );
  const findBlob = database.query<{ size: number }, [string, string]>(
    "SELECT size FROM blobs WHERE org_id = ? AND id = ?",
  );
  const findParts = database.query<PartRow, [string, string]>(
    `SELECT segment, encoding, start, length, state, size
     FROM blob_parts JOIN segments ON segments.org_id = blob_parts.org_id AND name = segment
     WHERE blob_parts.org_id = ? AND blob = ? ORDER BY position`,
  );
  const addBlob = database.query<never, [string, string, number, number]>(
    "INSERT INTO blobs (org_id, id, size, created_at) VALUES (?, ?, ?, ?)",
  );
  const addPart = database.query<
    never,
    [string, string, number, string, number, number, Uint8Array | null]
  >(
    `INSERT INTO blob_parts (org_id, blob, position, segment, start, length, state)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const dropParts = database.query<never, [string, string]>(
    "DELETE FROM blob_parts WHERE org_id = ? AND blob = ?",
  );
  const dropBlob = database.query<never, [string, string]>(
    "DELETE FROM blobs WHERE org_id = ? AND id = ?",
  );
  const hasSegment = database.query<{ size: number }, [string, string]>(
    "SELECT size FROM segments WHERE org_id = ? AND name = ?",
  );
  const addSegment = database.query<never, [string, string, number, number]>(
    `INSERT INTO segments (org_id, name, size, encoding, created_at)
     VALUES (?, ?, ?, 'frames', ?)`,
  );
  const moveParts = database.query<never, [string, number, string, string]>(
    "UPDATE blob_parts SET segment = ?, start = start + ? WHERE org_id = ? AND segment = ?",
  );
  const dropSegment = database.query<never, [string, string]>(
    "DELETE FROM segments WHERE org_id = ? AND name = ?",
  );

  function save(
    orgId: string,
    projectId: string,
    { id, size, parts, added, absorbed, replaces, base }: SaveBlob,
  ): Awaited<ReturnType<Records["saveBlob"]>> {
    const at = now();
    if (findBlob.get(orgId, id) !== null && !replaces) {
      own.run(orgId, id, projectId, size, at);
      return { outcome: "known", freed: added };
    }
    // What this one rests on must still be so: another append may have merged it away, or a purge taken it.
    const rests = parts.filter(({ segment }) => !added.includes(segment));
    const isThere =
      (base === undefined || findBlob.get(orgId, base) !== null) &&
      rests.every(({ segment }) => hasSegment.get(orgId, segment) !== null) &&
      absorbed.every(({ name }) => hasSegment.get(orgId, name) !== null);
    if (!isThere) return { outcome: "changed", freed: added };
    dropParts.run(orgId, id);
    dropBlob.run(orgId, id);
    for (const { segment, segmentSize } of parts) {
      if (added.includes(segment)) addSegment.run(orgId, segment, segmentSize, at);
    }
    addBlob.run(orgId, id, size, at);
    for (const [position, { segment, start, length, state }] of parts.entries()) {
      addPart.run(orgId, id, position, segment, start, length, state);
    }
    const [into] = added;
    for (const { name, start } of into === undefined ? [] : absorbed) {
      moveParts.run(into ?? "", start, orgId, name);
      dropSegment.run(orgId, name);
    }
    own.run(orgId, id, projectId, size, at);
    return { outcome: "stored", freed: absorbed.map(({ name }) => name) };
  }

  return {
    async ownBlob({ orgId, projectId }, { id, size }) {
      own.run(orgId, id, projectId ?? "", size, now());
    },
    async knownBlobs({ orgId, projectId }, ids) {
      const known = new Map<BlobId, KnownBlob>();
      for (const id of ids) {
        const row =
          projectId === null
            ? knownBlob.get(orgId, id)
            : knownProjectBlob.get(orgId, id, projectId);
        if (row !== null) known.set(id, { id, size: row.size });
      }
      return known;
    },
    async storedBlob(orgId, id) {
      const blob = findBlob.get(orgId, id);
      if (blob === null) return undefined;
      const parts = findParts
        .all(orgId, id)
        .map(({ size, ...part }) => ({ ...part, segmentSize: size }));
      return { size: blob.size, parts };
    },
    async saveBlob({ orgId, projectId }, blob) {
      return database.transaction(() => save(orgId, projectId ?? "", blob)).immediate();
    },
    async forgetBlob(orgId, id) {
      database
        .transaction(() => {
          dropParts.run(orgId, id);
          dropBlob.run(orgId, id);
        })
        .immediate();
    },
  };
}
