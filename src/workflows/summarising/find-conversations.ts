import { readdirSync } from "node:fs";
import { AppError } from "../../errors.ts";
import { isObject, listOf } from "../../schema/is-object.ts";
import { type ConversationId, isConversationId } from "../../schema/ids.ts";
import type { ProjectPaths } from "../../store/files/paths.ts";
import { readRecords } from "../../store/files/read-lines.ts";
import { listTranscripts } from "../../store/transcripts/list-transcripts.ts";
import { readLiveCopy } from "../../store/transcripts/live-copy.ts";

const fewestDigits = 8;

/** The kept conversation that an id, or the beginning of one, names. */
export function findConversation(project: ProjectPaths, text: string): ConversationId {
  const ids = listTranscripts(project, () => {}).map(({ id }) => id);
  const found = ids.filter((id) => text.length >= fewestDigits && id.startsWith(text));
  const [only] = found;
  if (found.length === 1 && only !== undefined) return only;
  const problem =
    found.length === 0 ? "no conversation is kept here" : "several conversations are kept here";
  throw new AppError("not_found", `${problem} whose id begins with \`${text.slice(0, 64)}\``, {
    hint: "`agent-trace context <file> --json` tells the ids of conversations",
  });
}

/** The conversations of an agent's session, those that are kept, in the order in which they are found. */
export function conversationsOfSession(project: ProjectPaths, session: string): ConversationId[] {
  const found = new Set<string>();
  for (const name of liveNames(project)) {
    const id = name.replace(/\.json$/, "");
    if (!isConversationId(id) || name === id) continue;
    if (readLiveCopy(project, id)?.session === session) found.add(id);
  }
  for (const { value } of readRecords(project.traces)) {
    if (!isObject(value) || !isObject(value["metadata"])) continue;
    if (value["metadata"]["session_id"] !== session) continue;
    for (const file of listOf(value["files"])) {
      for (const { id } of listOf(file["conversations"])) found.add(String(id));
    }
  }
  const kept = new Set<string>(listTranscripts(project, () => {}).map(({ id }) => id));
  const ids = [...found].filter((id) => kept.has(id)) as ConversationId[];
  if (ids.length > 0) return ids;
  throw new AppError("not_found", `nothing is kept here of session \`${session.slice(0, 80)}\``);
}

function liveNames(project: ProjectPaths): string[] {
  try {
    return readdirSync(project.live);
  } catch {
    return [];
  }
}
