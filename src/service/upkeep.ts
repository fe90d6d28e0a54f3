import type { BlobId } from "../schema/ids.ts";
import type { Blobs } from "./blobs.ts";
import type { Purge } from "./operations.ts";
import type { Project, Records } from "./records.ts";
import type { SegmentStore } from "./segment-store.ts";

/** What a part of the upkeep works on. */
export interface Kept {
  readonly records: Records;
  readonly blobs: Blobs;
  readonly segments: SegmentStore;
}

export interface Collected {
  blobs: number;
  segments: number;
  /** Rows that a project keeps no longer. */
  rows: number;
}

const dayMicroseconds = 24 * 60 * 60 * 1_000_000;
/** Names that are looked up together. */
const together = 500;

/**
 * Takes away what nothing names: rows that a project keeps no longer, blobs without a row, segments without a blob,
 * bytes without a segment. Rows go first and bytes last, so a kill leaves only what the next run finds. What is younger
 * than a day may belong to a push that is still going on.
 */
export async function collectGarbage(
  { records, segments }: Omit<Kept, "blobs">,
  { now, dryRun = false }: { now: number; dryRun?: boolean },
): Promise<Collected> {
  const { operations } = records;
  const before = now - dayMicroseconds;
  const collected: Collected = { blobs: 0, segments: 0, rows: 0 };
  const orgs = await records.orgs();
  for (const { id: orgId } of orgs) {
    for (const project of dryRun ? [] : await records.projects(orgId)) {
      if (project.keep_days === null) continue;
      collected.rows += await operations.expire(project, now - project.keep_days * dayMicroseconds);
    }
    for (;;) {
      const unused = await operations.unused(orgId, before);
      collected.blobs += unused.length;
      if (dryRun || unused.length === 0) break;
      await operations.dropBlobs(orgId, unused, { unlessNamed: true });
    }
    if (!dryRun) await operations.freeSegments(orgId, before);
  }
  const orgIds = orgs.map(({ id }) => id);
  const drop = async (names: readonly string[]): Promise<void> => {
    const kept = await operations.keptSegments(orgIds, names);
    for (const name of names) {
      if (kept.has(name)) continue;
      collected.segments++;
      if (!dryRun) await segments.delete(name);
    }
  };
  let names: string[] = [];
  for await (const { name, at } of segments.list()) {
    if (at * 1000 < before) names.push(name);
    if (names.length < together) continue;
    await drop(names);
    names = [];
  }
  await drop(names);
  return collected;
}

/**
 * Takes conversations away for good: a tombstone stays in the place of each, then blobs and bytes go. Blobs that are
 * still named and share bytes with those are written anew first. Returns how many conversations went.
 */
export async function purge(
  { records, blobs, segments }: Kept,
  project: Project,
  { what, dryRun, now }: { what: Purge; dryRun: boolean; now: number },
): Promise<number> {
  const { operations } = records;
  const orgId = project.org_id;
  const rows = await operations.purgeable(project, what);
  if (dryRun) return rows.length;
  const buried =
    rows.length === 0 && what.blob !== undefined ? [{ key: "", blob: what.blob }] : rows;
  await operations.bury(project, buried);
  const ids = new Set(buried.flatMap(({ blob }) => (blob === null ? [] : [blob])));
  for (const id of ids) {
    const gone: BlobId[] = [id];
    for (const other of await operations.sharing(orgId, id)) {
      if (ids.has(other.id)) continue;
      if (other.named) await blobs.rewrite(orgId, other.id);
      else gone.push(other.id);
    }
    await operations.dropBlobs(orgId, gone, { unlessNamed: true });
  }
  const freed = await operations.freeSegments(orgId, now + 1);
  const orgs = (await records.orgs()).map((org) => org.id);
  const kept = await operations.keptSegments(orgs, freed);
  for (const name of freed) if (!kept.has(name)) await segments.delete(name);
  return rows.length;
}
