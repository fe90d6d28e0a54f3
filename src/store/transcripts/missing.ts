import { isObject } from "../../schema/is-object.ts";
import { join } from "node:path";
import type { MissingTranscript } from "../../schema/exchange.ts";
import { type ConversationId, isBlobId, isConversationId } from "../../schema/ids.ts";
import { type JsonFile, type Warn, readJsonFile, updateJsonFile } from "../files/json-file.ts";
import type { ProjectPaths } from "../files/paths.ts";

type MissingFile = Record<string, Record<string, unknown>>;

/** `conversations/_missing.json`, ours: by remote and conversation. No index may be the only place that knows. */
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

/** Remembers pointers, or forgets those of conversations whose bytes are here now. */
export function updateMissing(
  project: ProjectPaths,
  remote: string,
  change:
    | { readonly remember: readonly MissingTranscript[] }
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
