import { isObject } from "../../schema/is-object.ts";
import { conversationsOfTrace } from "../../schema/named-conversations.ts";
import { recordKey } from "../../schema/record-key.ts";
import type { RowResource } from "../../schema/resource.ts";
import { splitObject, withoutMembers } from "../../schema/raw-json.ts";
import { localMetadata, pseudoFiles } from "../../schema/trace.ts";

type Value = Readonly<Record<string, unknown>>;

/** What the index keeps of a row, taken from its value; everything in it may be missing or of a wrong type. */
export interface IndexedRow {
  readonly key: string;
  readonly time: string | null;
  readonly conversations: readonly string[];
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** 53 bits of a hash, a number that both JavaScript and SQLite hold exactly. */
export function hashKey(key: string): number {
  return Number(BigInt(Bun.hash(key)) & 0x1fffffffffffffn);
}

/** The conversations of a ledger's segments, which may be of any shape in an old store. */
function conversationsOfLedger(value: Value): string[] {
  const ids = new Set<string>();
  const { files } = value;
  for (const file of Object.values(isObject(files) ? files : {})) {
    for (const segment of list(isObject(file) ? file["line_attributions"] : undefined)) {
      const id = isObject(segment) ? text(segment["conversation_id"]) : undefined;
      if (id !== undefined) ids.add(id);
    }
  }
  return [...ids];
}

/** Undefined where the row has no key, and so is no record. */
export function indexedRow(resource: RowResource, value: Value): IndexedRow | undefined {
  const key = recordKey(resource, value);
  if (key === undefined) return undefined;
  switch (resource) {
    case "traces": {
      const time = text(value["timestamp"]) ?? null;
      return { key, time, conversations: conversationsOfTrace(value) };
    }
    case "summaries": {
      const conversation = text(value["conversation_id"]);
      const time = text(value["created_at"]) ?? null;
      return { key, time, conversations: conversation === undefined ? [] : [conversation] };
    }
    case "ledgers":
    case "commit_links": {
      const conversations = resource === "ledgers" ? conversationsOfLedger(value) : [];
      const time = text(value["committed_at"]) ?? text(value["created_at"]) ?? null;
      return { key, time, conversations };
    }
  }
}

/** Ids of the traces that a ledger names. */
export function namedTraces(value: Value): string[] {
  return list(value["trace_ids"]).filter((id) => typeof id === "string");
}

/** Paths of the files that a trace edits; pseudo files of an old store are none. */
export function editedPaths(value: Value): string[] {
  const paths = new Set<string>();
  for (const file of list(value["files"])) {
    const path = isObject(file) ? text(file["path"]) : undefined;
    if (path !== undefined && !pseudoFiles.has(path)) paths.add(path);
  }
  return [...paths];
}

/** Whether a trace tells of an edit, as opposed to an event under a pseudo file. */
export function isEditTrace(value: Value): boolean {
  return list(value["files"]).some((file) => {
    const path = isObject(file) ? text(file["path"]) : undefined;
    return path !== undefined && !pseudoFiles.has(path);
  });
}

/** Hashes of the lines that a trace wrote. */
export function lineHashes(value: Value): Set<string> {
  const hashes = new Set<string>();
  for (const file of list(value["files"])) {
    for (const conversation of list(isObject(file) ? file["conversations"] : undefined)) {
      for (const range of list(isObject(conversation) ? conversation["ranges"] : undefined)) {
        for (const line of list(isObject(range) ? range["line_hashes"] : undefined)) {
          const hash = isObject(line) ? text(line["hash"]) : undefined;
          if (hash !== undefined) hashes.add(hash);
        }
      }
    }
  }
  return hashes;
}

/** Under which a ledger's claims on a path are found. */
export function pathKey(path: string): string {
  return `path:${path}`;
}

/** What a ledger's claims are found by: their paths, and the hashes of their lines. */
export function claimKeys(value: Value): Set<string> {
  const keys = new Set<string>();
  const { files } = value;
  for (const [path, file] of Object.entries(isObject(files) ? files : {})) {
    keys.add(pathKey(path));
    for (const segment of list(isObject(file) ? file["line_attributions"] : undefined)) {
      for (const line of list(isObject(segment) ? segment["evidence"] : undefined)) {
        const hash = isObject(line) ? text(line["hash"]) : undefined;
        if (hash !== undefined) keys.add(hash);
      }
    }
  }
  return keys;
}

/** Whether a row holds what must not leave this machine. */
export function hasLocalMetadata(resource: RowResource, value: Value): boolean {
  const { metadata } = value;
  return (
    resource === "traces" &&
    isObject(metadata) &&
    localMetadata.some((name) => Object.hasOwn(metadata, name))
  );
}

/** A trace as it goes over the wire: without its local metadata, everything else byte for byte. */
export function withoutLocalMetadata(row: string): string {
  const members = splitObject(row);
  const metadata = members.get("metadata");
  if (metadata === undefined) return row;
  members.set("metadata", withoutMembers(metadata, localMetadata));
  return `{${[...members].map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(",")}}`;
}
