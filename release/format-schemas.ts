/** The JSON Schemas of docs/formats, made of the schemas in the code. */
import { type TSchema, Type } from "@sinclair/typebox";
import { Statement } from "../src/attestation/statement.ts";
import { WireCommit } from "../src/schema/commit-counts.ts";
import { CommitLink } from "../src/schema/commit-link.ts";
import { Conversation } from "../src/schema/conversation.ts";
import { Ledger } from "../src/schema/ledger.ts";
import { Summary } from "../src/schema/summary.ts";
import { Trace } from "../src/schema/trace.ts";

/** A signed statement around anything: DSSE, version 1. */
const Envelope = Type.Object({
  payloadType: Type.String(),
  payload: Type.String({ description: "base64" }),
  signatures: Type.Array(
    Type.Object({ keyid: Type.String(), sig: Type.String({ description: "base64" }) }),
    { minItems: 1 },
  ),
});

const SignedLedger = Type.Object({
  ...Ledger.properties,
  attestations: Type.Optional(
    Type.Array(Envelope, { description: "signed statements about these claims; see attestation" }),
  ),
});

const Refused = Type.Object({
  index: Type.Integer({ minimum: 0 }),
  id: Type.Union([Type.String(), Type.Null()]),
  code: Type.String(),
  message: Type.String(),
});

const nullableText = Type.Union([Type.String(), Type.Null()]);

const ErrorAnswer = Type.Object({
  schema: Type.String({ pattern: "^agent-trace\\.[a-z-]+/1$" }),
  ok: Type.Literal(false),
  error: Type.Object({
    code: Type.String({ description: "stable: it may be compared" }),
    message: Type.String(),
    hint: Type.Union([Type.String(), Type.Null()]),
    retryable: Type.Boolean(),
  }),
});

const Answer = Type.Union([
  Type.Object({
    schema: Type.String({ pattern: "^agent-trace\\.[a-z-]+/1$" }),
    ok: Type.Literal(true),
  }),
  ErrorAnswer,
]);

/** By the name of the file, without its end: what it is in a line, and its schema. */
export const formats: Readonly<Record<string, readonly [title: string, schema: TSchema]>> = {
  trace: ["One edit of a coding agent: a line of traces.jsonl, a row of `traces`", Trace],
  ledger: [
    "Which lines of a commit agents wrote: a line of ledgers.jsonl, a row of `ledgers`",
    SignedLedger,
  ],
  "commit-link": [
    "The traces that a commit took in: a line of commit-links.jsonl, a row of `commit_links`",
    CommitLink,
  ],
  summary: [
    "A summary of a conversation: a line of session-summaries.jsonl, a row of `summaries`",
    Summary,
  ],
  conversation: ["A pointer to a transcript: a row of `conversations`", Conversation],
  attestation: ["What an attestation signs: an in-toto statement about one commit", Statement],
  envelope: ["A signed statement, as a ledger holds it: DSSE", Envelope],
  batch: [
    "Rows on their way to a service: the body of `POST /api/v1/sync/<resource>`",
    Type.Object({ project_id: Type.String(), items: Type.Array(Type.Object({})) }),
  ],
  "batch-answer": [
    "What a service says to a batch",
    Type.Object({
      ok: Type.Literal(true),
      count: Type.Integer({ minimum: 0 }),
      stored: Type.Integer({ minimum: 0 }),
      duplicate: Type.Integer({ minimum: 0 }),
      replaced: Type.Integer({ minimum: 0 }),
      refused: Type.Array(Refused),
      first: nullableText,
      last: nullableText,
      before: nullableText,
    }),
  ],
  "commit-counts": [
    "What git counts of commits: the body of `POST /api/v1/commits`",
    Type.Object({ project_id: Type.String(), items: Type.Array(WireCommit, { maxItems: 2000 }) }),
  ],
  page: [
    "Rows on their way from a service: the answer to `GET /api/v1/sync/<resource>`",
    Type.Object({ items: Type.Array(Type.Object({})), max_timestamp: nullableText }),
  ],
  answer: ["What a command prints with `--json`: members of its own beside these", Answer],
};

/** The text of a schema's file. */
export function schemaText(name: string): string {
  const [title, schema] = formats[name] ?? [];
  if (schema === undefined) throw new Error(`there is no format ${name}`);
  const document = { $schema: "https://json-schema.org/draft/2020-12/schema", title, ...schema };
  return `${JSON.stringify(document, null, 2)}\n`;
}
