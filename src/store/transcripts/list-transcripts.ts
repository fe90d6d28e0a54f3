import { readdirSync } from "node:fs";
import { isConversationId } from "../../schema/ids.ts";
import type { Warn } from "../files/json-file.ts";
import type { ProjectPaths } from "../files/paths.ts";
import { readConversationIndex } from "./conversation-index.ts";
import { type KeptTranscript, keptTranscript } from "./transcript.ts";

/** Every conversation of which something is kept here, in the order of their ids. */
export function listTranscripts(project: ProjectPaths, warn: Warn): KeptTranscript[] {
  const snapshots = readConversationIndex(project, warn);
  const ids = new Set<string>(snapshots.keys());
  for (const name of liveNames(project)) ids.add(name.replace(/\.json$/, ""));
  return [...ids]
    .filter(isConversationId)
    .sort()
    .flatMap((id) => {
      return keptTranscript(project, id, snapshots.get(id)) ?? [];
    });
}

function liveNames(project: ProjectPaths): string[] {
  try {
    return readdirSync(project.live);
  } catch {
    return [];
  }
}
