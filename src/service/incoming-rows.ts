import { sha256Hex } from "../schema/digest.ts";
import { type BlobId, isBlobId } from "../schema/ids.ts";
import { splitObject } from "../schema/raw-json.ts";
import type { Resource } from "../schema/resource.ts";
import type { Item } from "./batch-items.ts";
import { factsOf } from "./derived/row-facts.ts";
import type { NewRow } from "./records.ts";

export interface Refused {
  readonly index: number;
  readonly id: string | null;
  readonly code: string;
  readonly message: string;
}

/** One batch as it came: rows to store, what they bring along, and what cannot be stored. */
export interface Incoming {
  readonly count: number;
  /** The blob of a row without content has its size only once the blob was looked up. */
  readonly rows: NewRow[];
  /** For each of the rows, which of the items it was. */
  readonly indexes: number[];
  /** Ledgers that came inside commit links. */
  readonly ledgers: NewRow[];
  /** Contents that came inside conversations. */
  readonly contents: Map<BlobId, Uint8Array>;
  /** Blobs that conversations without content point to. */
  readonly pointers: BlobId[];
  readonly refused: Refused[];
}

const longestId = 512;
/** A row's text; conversations may bring their content along and are bounded by the batch. */
export const rowBytes = 4 * 1024 * 1024;

class Refusal extends Error {
  readonly code: string;
  readonly id: string | null;
  constructor(code: string, message: string, id: string | null = null) {
    super(message);
    this.code = code;
    this.id = id;
  }
}

/** Reads what the items of a batch are to be stored as. */
export function readItems(resource: Resource, items: readonly Item[]): Incoming {
  const incoming: Incoming = {
    count: items.length,
    rows: [],
    indexes: [],
    ledgers: [],
    contents: new Map(),
    pointers: [],
    refused: [],
  };
  items.forEach((item, index) => {
    try {
      readItem(resource, item, incoming);
      incoming.indexes.push(index);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      incoming.refused.push({ index, id: error.id, code: error.code, message: error.message });
    }
  });
  return incoming;
}

function readItem(resource: Resource, { value: item, text }: Item, incoming: Incoming): void {
  if (!isRecord(item)) throw new Refusal("invalid_item", "an item must be an object");
  if (resource !== "conversations" && isLong(text)) {
    const id = item["id"] ?? item["commit_sha"] ?? item["conversation_id"];
    throw new Refusal(
      "row_too_large",
      `a row may have ${rowBytes} bytes`,
      typeof id === "string" ? id.slice(0, longestId) : null,
    );
  }
  switch (resource) {
    case "traces":
      incoming.rows.push(newRow(resource, { key: idOf(item, "id"), text, item }));
      return;
    case "ledgers":
      incoming.rows.push(newRow(resource, { key: idOf(item, "commit_sha"), text, item }));
      return;
    case "commit_links": {
      const key = idOf(item, "commit_sha");
      const ledger = ledgerOf(item, key, text);
      incoming.rows.push(newRow(resource, { key, text, item }));
      if (ledger === undefined) return;
      incoming.ledgers.push(newRow("ledgers", { key, text: ledger, item: item["ledger"] }));
      return;
    }
    case "conversations":
      readConversation(item, text, incoming);
      return;
    case "summaries":
      // Both may hold any character, so they are joined in a form that no other pair can have.
      incoming.rows.push(
        newRow(resource, {
          key: JSON.stringify([idOf(item, "conversation_id"), idOf(item, "created_at")]),
          text,
          item,
        }),
      );
  }
}

function newRow(
  resource: Resource,
  { key, text, item }: { key: string; text: string; item: unknown },
): NewRow {
  const facts = factsOf(resource, key, item);
  return facts.length === 0 ? { key, text } : { key, text, facts };
}

function ledgerOf(link: Record<string, unknown>, commit: string, text: string): string | undefined {
  const ledger = link["ledger"];
  if (ledger === undefined || ledger === null) return undefined;
  if (!isRecord(ledger)) {
    throw new Refusal("invalid_ledger", "the commit link's `ledger` must be an object", commit);
  }
  if (ledger["commit_sha"] !== undefined && ledger["commit_sha"] !== commit) {
    throw new Refusal("commit_mismatch", "the `ledger` inside is of another commit", commit);
  }
  return splitObject(text).get("ledger");
}

function readConversation(item: Record<string, unknown>, text: string, incoming: Incoming): void {
  const key = idOf(item, "conversation_id");
  const content = contentOf(item, key);
  // Older clients leave the digest of content that they bring along to us.
  const id = item["content_sha256"] ?? (content && sha256Hex(content));
  if (!isBlobId(id)) {
    throw new Refusal("invalid_digest", "`content_sha256` must be 64 lower-case hex digits", key);
  }
  if (content === undefined) {
    incoming.pointers.push(id);
    const row = newRow("conversations", { key, text, item });
    incoming.rows.push({ ...row, blob: { id, size: 0 } });
    return;
  }
  if (sha256Hex(content) !== id) {
    throw new Refusal("digest_mismatch", "`content_sha256` is not the content's SHA-256", key);
  }
  incoming.contents.set(id, content);
  // Readers look for the digest in the row.
  const named = item["content_sha256"] === undefined || item["content_sha256"] === null;
  incoming.rows.push({
    ...newRow("conversations", { key, text: named ? withDigest(text, id) : text, item }),
    blob: { id, size: content.length },
  });
}

/** The same object with the digest as its last member, where it stands for whoever reads the last of two. */
function withDigest(text: string, id: BlobId): string {
  const end = text.lastIndexOf("}");
  return `${text.slice(0, end)},"content_sha256":"${id}"}`;
}

function contentOf(item: Record<string, unknown>, key: string): Uint8Array | undefined {
  const { content, content_b64: encoded } = item as { content?: unknown; content_b64?: unknown };
  if (typeof content === "string") return new TextEncoder().encode(content);
  if (typeof encoded === "string") return Buffer.from(encoded, "base64");
  for (const [name, value] of Object.entries({ content, content_b64: encoded })) {
    if (value !== undefined && value !== null) {
      throw new Refusal("invalid_content", `\`${name}\` must be a string`, key);
    }
  }
  return undefined;
}

function idOf(item: Record<string, unknown>, name: string): string {
  const id = item[name];
  if (id === undefined || id === null || id === "") {
    throw new Refusal("missing_id", `the item has no \`${name}\``);
  }
  if (typeof id !== "string" || id.length > longestId || !id.isWellFormed()) {
    throw new Refusal(
      "invalid_id",
      `\`${name}\` must be a string of at most ${longestId} characters`,
    );
  }
  return id;
}

function isLong(text: string): boolean {
  // A character takes one to three bytes, so most need not be counted.
  if (text.length > rowBytes) return true;
  return text.length * 3 > rowBytes && Buffer.byteLength(text) > rowBytes;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
