import type { BlobId } from "../../schema/ids.ts";
import type { Resource } from "../../schema/resource.ts";
import type { Statement, Statements } from "../operations.ts";
import type { Microseconds, NewRow } from "../records.ts";
import type { Claim, CommitFacts, ConversationFacts } from "./row-facts.ts";

type Lists = Pick<Statements, "list">;

/** One resource's rows that have just been written, in one project. */
export interface Written {
  readonly orgId: string;
  readonly project: number;
  readonly resource: Resource;
  readonly writer: string | null;
  /** The place of the first of them. */
  readonly place: Microseconds;
  readonly rows: readonly NewRow[];
}

/** The statements that bring the derived tables up to date, for the transaction that wrote the rows. */
export function derive({ list }: Lists, written: Written): readonly Statement[] {
  const { orgId, project, rows, writer, resource } = written;
  const facts = rows.flatMap((row) => row.facts ?? []);
  const commits = facts.filter((one) => one.kind !== "conversation");
  const of = (items: readonly object[]): unknown[] => [orgId, project, JSON.stringify(items)];
  const statements: Statement[] = [];
  if (commits.length > 0) statements.push(...deriveCommits({ list }, commits, of));
  const conversations = new Map<string, Conversation>();
  for (const row of rows) {
    for (const one of row.facts ?? []) {
      if (one.kind === "conversation") add(conversations, one, row.blob?.id ?? null);
    }
  }
  if (conversations.size === 0) return statements;
  const isTrace = resource === "traces";
  const items = inOrder(conversations).map((one) => ({
    ...one,
    writer: isTrace ? writer : null,
    place: resource === "conversations" ? written.place : null,
    summary_place: resource === "summaries" ? written.place : null,
  }));
  statements.push([upsertConversations({ list }), of(items)]);
  return statements;
}

/** By their names: two transactions that take the same rows in the same order do not wait for each other. */
export function inOrder<T>(items: ReadonlyMap<string, T>): T[] {
  return [...items].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, item]) => item);
}

const columns = {
  id: "text",
  agent: "text",
  model: "text",
  first: "bigint",
  last: "bigint",
  edits: "bigint",
  writer: "text",
  blob: "text",
  place: "bigint",
  summary: "text",
  summary_place: "bigint",
} as const;

/** What is known stays; times and counts grow. */
function upsertConversations({ list }: Lists): string {
  const names = Object.keys(columns).join(", ");
  const old = (name: string): string => `conversations.${name}`;
  const newest = ["agent", "model", "blob", "place", "summary", "summary_place"].map(
    (name) => `${name} = coalesce(excluded.${name}, ${old(name)})`,
  );
  const bound = (name: string, sign: string): string =>
    `${name} = CASE WHEN excluded.${name} ${sign} ${old(name)} OR ${old(name)} IS NULL
       THEN excluded.${name} ELSE ${old(name)} END`;
  return `INSERT INTO conversations (org_id, project, ${names})
     SELECT $1, $2, ${names} FROM ${list(3, columns)} WHERE true
     ON CONFLICT (org_id, project, id) DO UPDATE SET ${newest.join(", ")},
       ${bound("first", "<")}, ${bound("last", ">")}, edits = ${old("edits")} + excluded.edits,
       writer = coalesce(${old("writer")}, excluded.writer)`;
}

interface Conversation extends Omit<ConversationFacts, "kind" | "at"> {
  readonly first: Microseconds | null;
  readonly last: Microseconds | null;
  readonly blob: BlobId | null;
}

/** A statement may name a row once, so what a batch tells of one conversation becomes one. */
function add(
  known: Map<string, Conversation>,
  { id, agent, model, at, edits, summary }: ConversationFacts,
  blob: BlobId | null,
): void {
  const before = known.get(id);
  const times = [before?.first, before?.last, at].filter((time) => typeof time === "number");
  known.set(id, {
    id,
    agent: agent ?? before?.agent ?? null,
    model: model ?? before?.model ?? null,
    first: times.length === 0 ? null : Math.min(...times),
    last: times.length === 0 ? null : Math.max(...times),
    edits: edits + (before?.edits ?? 0),
    blob: blob ?? before?.blob ?? null,
    summary: summary ?? before?.summary ?? null,
  });
}

function deriveCommits(
  { list }: Lists,
  facts: readonly CommitFacts[],
  of: (items: readonly object[]) => unknown[],
): Statement[] {
  // Of several records of one commit the last one counts.
  const commits = inOrder(new Map(facts.map((one) => [one.sha, one])));
  const column = facts[0]?.kind === "ledger" ? "ledger_at" : "link_at";
  const statements: Statement[] = [
    [
      `INSERT INTO commits (org_id, project, sha, parents, at, ${column})
       SELECT $1, $2, sha, parent, at, made
       FROM ${list(3, { sha: "text", parent: "text", at: "bigint", made: "bigint" })} WHERE true
       ON CONFLICT (org_id, project, sha) DO UPDATE SET ${column} = excluded.${column},
         at = coalesce(commits.at, excluded.at), parents = coalesce(commits.parents, excluded.parents)`,
      of(commits.map(({ sha, parent, at, made }) => ({ sha, parent, at, made: made ?? at ?? 0 }))),
    ],
  ];
  if (column === "link_at") return statements;
  statements.push([
    `DELETE FROM claims WHERE org_id = $1 AND project = $2
     AND sha IN (SELECT sha FROM ${list(3, { sha: "text" })})`,
    of(commits.map(({ sha }) => ({ sha }))),
  ]);
  const claims = commits.flatMap(({ sha, claims: own }) =>
    own.map((claim: Claim, n) => ({ sha, n, ...claim })),
  );
  if (claims.length === 0) return statements;
  statements.push([
    `INSERT INTO claims (org_id, project, sha, n, path, conversation, model, trace, lines)
     SELECT $1, $2, sha, n, path, conversation, model, trace, lines
     FROM ${list(3, { sha: "text", n: "bigint", path: "text", conversation: "text", model: "text", trace: "text", lines: "bigint" })}`,
    of(claims),
  ]);
  return statements;
}
