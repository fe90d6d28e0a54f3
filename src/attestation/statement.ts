import { type Static, Type } from "@sinclair/typebox";
import { isObject, listOf, optionalText } from "../schema/is-object.ts";
import type { Ledger } from "../schema/ledger.ts";

/** What kind of statement this is; the number changes where a reader would understand it wrongly. */
export const predicateType = "urn:agent-trace:predicate:line-attribution:v1";
const inTotoStatement = "https://in-toto.io/Statement/v1";

const AttestedRange = Type.Object({
  start_line: Type.Integer({ minimum: 1 }),
  end_line: Type.Integer({ minimum: 1 }),
  trace_id: Type.String(),
  model_id: Type.Optional(Type.String()),
  conversation_id: Type.Optional(Type.String()),
});

const AttestedFile = Type.Object({
  path: Type.String(),
  /** Git's id of the committed content; null where this repository lacks it. */
  blob: Type.Union([Type.String(), Type.Null()]),
  ranges: Type.Array(AttestedRange),
});

/** Which lines of a commit agents wrote: what is signed. */
export const Statement = Type.Object({
  _type: Type.Literal(inTotoStatement),
  subject: Type.Array(
    Type.Object({ name: Type.String(), digest: Type.Object({ gitCommit: Type.String() }) }),
    { minItems: 1, maxItems: 1 },
  ),
  predicateType: Type.Literal(predicateType),
  predicate: Type.Object({
    tool: Type.Object({ name: Type.Literal("agent-trace"), version: Type.String() }),
    made_at: Type.String(),
    files: Type.Array(AttestedFile),
    /** Added lines of the commit, and those of them that agents are known to have written. */
    coverage: Type.Object({
      added_lines: Type.Integer(),
      ai_lines: Type.Integer(),
      recorded: Type.Union(["hooks", "later", "unknown"].map((word) => Type.Literal(word))),
    }),
    /** The conversations behind the lines, with the SHA-256 of the transcript as it is shared, where there is one. */
    conversations: Type.Array(
      Type.Object({ id: Type.String(), sha256: Type.Union([Type.String(), Type.Null()]) }),
    ),
  }),
});

export type AttestedFile = Static<typeof AttestedFile>;
export type Statement = Static<typeof Statement>;
export type Predicate = Statement["predicate"];

export function makeStatement(commit: string, predicate: Predicate): Statement {
  return {
    _type: inTotoStatement,
    subject: [{ name: commit, digest: { gitCommit: commit } }],
    predicateType,
    predicate,
  };
}

/** The claims of a ledger as a statement has them, in the order of their paths. */
export function attestedFiles(
  ledger: Ledger,
  blobs: ReadonlyMap<string, string | null>,
): AttestedFile[] {
  return Object.entries(ledger.files)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([path, { line_attributions: segments }]) => ({
      path,
      blob: blobs.get(path) ?? null,
      ranges: segments.map(
        ({ start_line, end_line, trace_id = "", model_id, conversation_id }) => ({
          start_line,
          end_line,
          trace_id,
          ...(model_id === undefined ? {} : { model_id }),
          ...(conversation_id === undefined ? {} : { conversation_id }),
        }),
      ),
    }));
}

/** What a signed payload says; undefined where it is no statement of this kind. */
export function readStatement(
  payload: string,
): { readonly commit: string; readonly files: unknown } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(payload, "base64").toString());
  } catch {
    return undefined;
  }
  if (!isObject(value) || value["_type"] !== inTotoStatement) return undefined;
  if (value["predicateType"] !== predicateType || !isObject(value["predicate"])) return undefined;
  const [subject, ...others] = listOf(value["subject"]);
  const digest = subject?.["digest"];
  const commit = isObject(digest) ? optionalText(digest["gitCommit"]) : undefined;
  if (commit === undefined || others.length > 0) return undefined;
  return { commit, files: value["predicate"]["files"] };
}
