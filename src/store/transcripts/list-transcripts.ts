import { readdirSync } from "node:fs";
import { isConversationId } from "../../schema/ids.ts";
import type { Warn } from "../files/json-file.ts";
import type { ProjectPaths } from "../files/paths.ts";
import { readConversationIndex } from "./conversation-index.ts";
import { type KeptTranscript, keptTranscript } from "./transcript.ts";

/** Every conversation of which something is kept here, in the order of their ids. */
export function listTranscripts(project: ProjectPaths, warn: Warn): KeptTranscript[] {
  const snapshots = readConversationIndex(project, warn);
  return [...namesIn(project, snapshots)]
    .filter(isConversationId)
    .sort()
    .flatMap((id) => keptTranscript(project, id, snapshots.get(id)) ?? []);
}

/** The ids of those conversations, at no cost for each one: bytes that are missing are not noticed. */
export function listKeptIds(project: ProjectPaths, warn: Warn): ReadonlySet<string> {
  return namesIn(project, readConversationIndex(project, warn));
}

function namesIn(project: ProjectPaths, snapshots: ReadonlyMap<string, unknown>): Set<string> {
  const ids = new Set(snapshots.keys());
  for (const name of liveNames(project)) ids.add(name.replace(/\.json$/, ""));
  return ids;
}

function liveNames(project: ProjectPaths): string[] {
  try {
    return readdirSync(project.live);
  } catch {
    return [];
  }
}
