import { isObject } from "../../schema/is-object.ts";
import { join } from "node:path";
import type { MissingTranscript } from "../../schema/exchange.ts";
import { type ConversationId, isBlobId, isConversationId } from "../../schema/ids.ts";
import { type JsonFile, type Warn, readJsonFile, updateJsonFile } from "../files/json-file.ts";
import type { ProjectPaths } from "../files/paths.ts";

type MissingFile = Record<string, Record<string, unknown>>;

/** Why there is nothing of a conversation: its author did not share it, or an admin took it away for good. */
export type Absence = "unshared" | "purged";

const isAbsence = (value: unknown): value is Absence => value === "unshared" || value === "purged";

/**
 * `conversations/_missing.json`, ours: by remote and conversation what is not here, and why. No index may be the only
 * place that knows.
 */
function missingFile(project: ProjectPaths): JsonFile<MissingFile> {
  return {
    path: join(project.conversations, "_missing.json"),
    isValid: (value): value is MissingFile =>
      isObject(value) && Object.values(value).every(isObject),
  };
}

export function readMissing(
  project: ProjectPaths,
  remote: string,
  warn: Warn,
): MissingTranscript[] {
  const file = readJsonFile(missingFile(project), warn) ?? {};
  const found: MissingTranscript[] = [];
  for (const [conversationId, value] of Object.entries(file[remote] ?? {})) {
    if (!isObject(value) || !isConversationId(conversationId)) continue;
    const { blob, updated_at: updatedAt, size } = value;
    if (isBlobId(blob) && typeof updatedAt === "string") {
      const bytes = typeof size === "number" ? size : undefined;
      found.push({ conversationId, blob, updatedAt, bytes });
    }
  }
  return found;
}

/** The conversations that a remote does not have, or will not take, for this reason. */
export function readAbsent(
  project: ProjectPaths,
  { remote, absence }: { readonly remote: string; readonly absence: Absence },
  warn: Warn,
): Set<ConversationId> {
  const file = readJsonFile(missingFile(project), warn) ?? {};
  const own = (Object.hasOwn(file, remote) ? file[remote] : undefined) ?? {};
  return new Set(
    Object.entries(own).flatMap(([id, value]) =>
      isConversationId(id) && isObject(value) && value["absent"] === absence ? [id] : [],
    ),
  );
}

/** Why a conversation is not here, as far as a remote told. */
export function findAbsence(project: ProjectPaths, id: string, warn: Warn): Absence | undefined {
  const file = readJsonFile(missingFile(project), warn) ?? {};
  const told = Object.values(file).flatMap((own) => {
    const value = Object.hasOwn(own, id) ? own[id] : undefined;
    return isObject(value) && isAbsence(value["absent"]) ? [value["absent"]] : [];
  });
  return told.find((absence) => absence === "purged") ?? told[0];
}

/** Remembers pointers or absences, or forgets those of conversations whose bytes are here now. */
export function updateMissing(
  project: ProjectPaths,
  remote: string,
  change:
    | { readonly remember: readonly MissingTranscript[] }
    | { readonly absent: readonly ConversationId[]; readonly absence: Absence }
    | { readonly forget: readonly ConversationId[] },
  warn: Warn,
): void {
  const apply = (file: MissingFile): void | false => {
    const own = (Object.hasOwn(file, remote) ? file[remote] : undefined) ?? {};
    const before = JSON.stringify(own);
    if ("remember" in change) {
      for (const { conversationId, blob, updatedAt, bytes } of change.remember) {
        own[conversationId] = {
          blob,
          updated_at: updatedAt,
          ...(bytes === undefined ? {} : { size: bytes }),
        };
      }
    } else if ("absent" in change) {
      for (const id of change.absent) own[id] = { absent: change.absence };
    } else for (const id of change.forget) delete own[id];
    if (JSON.stringify(own) === before) return false;
    file[remote] = own;
  };
  updateJsonFile(missingFile(project), { initial: () => ({}), change: apply }, warn);
}

/** Takes a remote's pointers along to its new name; without one they are forgotten with it. */
export function moveMissing(
  project: ProjectPaths,
  { from, to }: { readonly from: string; readonly to: string | undefined },
  warn: Warn,
): void {
  const apply = (file: MissingFile): void | false => {
    const own = Object.hasOwn(file, from) ? file[from] : undefined;
    if (own === undefined) return false;
    delete file[from];
    if (to !== undefined) file[to] = own;
  };
  updateJsonFile(missingFile(project), { initial: () => ({}), change: apply }, warn);
}
