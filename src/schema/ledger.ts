import { type Static, Type } from "@sinclair/typebox";
import { type Envelope, readEnvelope } from "./envelope.ts";
import { isObject, listOf, optionalText } from "./is-object.ts";

/** The text of one committed line, by hash, as it was when the claim was made. */
export const Evidence = Type.Object({ line: Type.Integer(), hash: Type.String() });

/** A run of committed lines that one trace wrote. 1-based, inclusive, in the file as committed. */
export const Segment = Type.Object({
  start_line: Type.Integer(),
  end_line: Type.Integer(),
  type: Type.String(),
  trace_id: Type.Optional(Type.String()),
  model_id: Type.Optional(Type.String()),
  conversation_id: Type.Optional(Type.String()),
  /** The agent's name: in notes alone, which come without the traces that say it. */
  tool: Type.Optional(Type.String()),
  evidence: Type.Optional(Type.Array(Evidence)),
});

export const LedgerFile = Type.Object({ line_attributions: Type.Array(Segment) });

export const DerivedFrom = Type.Object({
  kind: Type.String(),
  source_sha: Type.Optional(Type.String()),
  parents: Type.Optional(Type.Array(Type.String())),
});

/** Which lines of one commit an agent wrote: a line of `ledgers.jsonl`. No segment, no claim. */
export const Ledger = Type.Object({
  version: Type.String(),
  commit_sha: Type.String({ minLength: 1 }),
  parent_sha: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  parent_committed_at: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  committed_at: Type.Optional(Type.String()),
  created_at: Type.Optional(Type.String()),
  trace_ids: Type.Array(Type.String()),
  files: Type.Record(Type.String(), LedgerFile),
  derived_from: Type.Optional(DerivedFrom),
  used_fallback: Type.Optional(Type.Boolean()),
});

export type Evidence = Static<typeof Evidence>;
export type Segment = Static<typeof Segment>;
export type LedgerFile = Static<typeof LedgerFile>;
export type DerivedFrom = Static<typeof DerivedFrom>;
/** `attestations` are signed statements about these claims. They are no part of the schema: their own says what they are. */
export type Ledger = Static<typeof Ledger> & { readonly attestations?: readonly Envelope[] };

/** A segment that claims lines for a trace, as `readLedger` lets it in. */
export type ClaimedSegment = Segment & { readonly trace_id: string };

/**
 * The one door for ledgers: what a file or a remote holds under this name, as far as it is one. Of each file only claims
 * for a trace pass. They stand in order and share no line, so that going through all lines they name costs at most
 * the lines of the file, however the ledger was made.
 */
export function readLedger(value: unknown): Ledger | undefined {
  if (!isObject(value) || !isObject(value["files"])) return undefined;
  const commit = value["commit_sha"];
  if (typeof commit !== "string" || commit === "") return undefined;
  const files = Object.entries(value["files"]).flatMap(([path, file]) =>
    isObject(file) && Array.isArray(file["line_attributions"])
      ? [[path, { line_attributions: readSegments(file["line_attributions"]) }] as const]
      : [],
  );
  const { derived_from: derived, parent_sha: parent } = value;
  return {
    version: optionalText(value["version"]) ?? "",
    commit_sha: commit,
    ...(typeof parent === "string" || parent === null ? { parent_sha: parent } : {}),
    ...times(value),
    trace_ids: Array.isArray(value["trace_ids"])
      ? value["trace_ids"].filter((id) => typeof id === "string")
      : [],
    // A file may be named `__proto__`.
    files: Object.fromEntries(files),
    ...(isObject(derived) && typeof derived["kind"] === "string"
      ? { derived_from: readOrigin(derived, derived["kind"]) }
      : {}),
    ...(value["used_fallback"] === true ? { used_fallback: true } : {}),
    ...readAttestations(value["attestations"]),
  };
}

const mostAttestations = 16;

function readAttestations(value: unknown): Pick<Ledger, "attestations"> {
  const envelopes = listOf(value).flatMap((one) => readEnvelope(one) ?? []);
  return envelopes.length === 0 ? {} : { attestations: envelopes.slice(0, mostAttestations) };
}

function times(value: Record<string, unknown>): Partial<Ledger> {
  const names = ["parent_committed_at", "committed_at", "created_at"] as const;
  return Object.fromEntries(
    names.flatMap((name) => (typeof value[name] === "string" ? [[name, value[name]]] : [])),
  );
}

function readOrigin(derived: Record<string, unknown>, kind: string): DerivedFrom {
  const { source_sha: source, parents } = derived;
  return {
    kind,
    ...(typeof source === "string" ? { source_sha: source } : {}),
    ...(Array.isArray(parents)
      ? { parents: parents.filter((sha): sha is string => typeof sha === "string") }
      : {}),
  };
}

function readSegments(values: readonly unknown[]): ClaimedSegment[] {
  const sound = listOf(values)
    .flatMap(readSegment)
    .sort((one, other) => one.start_line - other.start_line);
  let last = 0;
  return sound.flatMap((segment) => {
    const start = Math.max(segment.start_line, last + 1);
    if (start > segment.end_line) return [];
    last = segment.end_line;
    return [{ ...segment, start_line: start }];
  });
}

function readSegment(value: Record<string, unknown>): ClaimedSegment[] {
  const { start_line, end_line, type, trace_id, model_id, conversation_id } = value;
  const { tool, evidence } = value;
  if (type !== "ai" || typeof trace_id !== "string") return [];
  if (!Number.isSafeInteger(start_line) || !Number.isSafeInteger(end_line)) return [];
  return [
    {
      start_line: Math.max(1, Number(start_line)),
      end_line: Number(end_line),
      type,
      trace_id,
      ...(typeof model_id === "string" ? { model_id } : {}),
      ...(typeof conversation_id === "string" ? { conversation_id } : {}),
      ...(typeof tool === "string" ? { tool } : {}),
      ...(Array.isArray(evidence) ? { evidence: readEvidence(evidence) } : {}),
    },
  ];
}

function readEvidence(values: readonly unknown[]): Evidence[] {
  return listOf(values)
    .flatMap(({ line, hash }) =>
      Number.isSafeInteger(line) && typeof hash === "string" ? [{ line: Number(line), hash }] : [],
    )
    .sort((one, other) => one.line - other.line);
}
