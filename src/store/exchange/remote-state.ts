import type { Warn } from "../files/json-file.ts";
import { Manifest } from "./manifest.ts";
import { exportManifest, importManifests } from "./manifest-entries.ts";
import { moveMissing } from "../transcripts/missing.ts";
import type { ProjectPaths } from "../files/paths.ts";
import type { ProjectIndex } from "../index/project-index.ts";
import { openIndex } from "./open-index.ts";
import { fingerprint, readSyncState, writeSyncState } from "./sync-state-file.ts";

/** Forgets what a remote has: it was removed, or its name means another place now. The caller holds `lockSync`. */
export function forgetRemote(project: ProjectPaths, name: string, warn: Warn): void {
  changeRemotes(project, warn, (manifest) => {
    manifest.forget(name);
    return new Map([[name, undefined]]);
  });
  moveMissing(project, { from: name, to: undefined }, warn);
}

/** What a remote has goes with it to its new name. The caller holds `lockSync`. */
export function renameRemote(
  project: ProjectPaths,
  names: { readonly from: string; readonly to: string },
  warn: Warn,
): void {
  // Before the cursor, which has passed the rows that these stand for.
  moveMissing(project, names, warn);
  changeRemotes(project, warn, (manifest, index) => {
    manifest.forget(names.to);
    if (manifest.find(names.from) === undefined) return new Map([[names.from, undefined]]);
    manifest.rename(names.from, names.to);
    return new Map([
      [names.from, undefined],
      [names.to, exportManifest(index, names.to)],
    ]);
  });
}

function changeRemotes(
  project: ProjectPaths,
  warn: Warn,
  change: (manifest: Manifest, index: ProjectIndex) => Parameters<typeof writeSyncState>[1],
): void {
  using index = openIndex(project);
  index.ask(["traces", "ledgers", "commit_links", "summaries"], () => {
    const path = project.syncState;
    const before = fingerprint(path);
    index.write(() => {
      const manifest = new Manifest(index);
      const isKnown = (manifest.agreed("sync-state") ?? "missing") === before;
      if (!isKnown) importManifests(index, readSyncState(project, warn));
      const entries = change(manifest, index);
      if (before !== "missing") writeSyncState(project, entries, warn);
      manifest.agree("sync-state", fingerprint(path));
    });
  });
}
