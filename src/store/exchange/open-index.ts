import type { RemoteState } from "../../schema/sync-state.ts";
import type { ProjectPaths } from "../files/paths.ts";
import { type GuestRoom, ProjectIndex } from "../index/project-index.ts";
import { Manifest } from "./manifest.ts";
import { exportManifests, importSentRows } from "./manifest-entries.ts";
import { manifestSchema } from "./schema.ts";

/** What remotes have goes through a rebuild of the index by keys. */
const guest: GuestRoom = {
  tables: manifestSchema,
  settle: (index) => ({
    carry: () => exportManifests(index),
    restore(state) {
      const states = state as Map<string, RemoteState>;
      for (const table of ["mark", "waiting", "stray"]) index.database.run(`DELETE FROM ${table}`);
      // The sizes are those of the files that are gone.
      for (const [name, { file_sizes: _, ...rest }] of states) states.set(name, rest);
      importSentRows(index, states);
    },
    listener() {
      const manifest = new Manifest(index);
      return manifest.hasStrays() ? (resource, row) => manifest.adopt(resource, row) : undefined;
    },
  }),
};

/** The one door to a project's index: what remotes have is kept within. */
export function openIndex(project: ProjectPaths, patience?: number): ProjectIndex {
  return new ProjectIndex(project, { patience, guest });
}
