import type { BlobId } from "../../schema/ids.ts";
import type { Statements } from "../operations.ts";
import type { DerivedRecords, PersonSums, SeenConversation } from "./derived-records.ts";
import { casesOf, contains } from "./find-text.ts";
import { storable } from "./row-facts.ts";

/** The part of the derived tables that is about conversations. */
export function conversationsOver({
  run,
  list,
  has,
}: Pick<Statements, "run" | "list" | "has">): Pick<
  DerivedRecords,
  "conversations" | "unread" | "countUnread" | "noteWords" | "filesOf" | "people"
> {
  const isUnread = "blob IS NOT NULL AND (words_of IS NULL OR words_of <> blob)";
  return {
    async conversations({ org_id, number }, { limit, among, saying }) {
      const [condition, values] =
        among !== undefined
          ? [
              `AND id IN (SELECT name FROM ${list(3, { name: "text" })})`,
              [JSON.stringify(among.map((name) => ({ name: storable(name) })))],
            ]
          : saying !== undefined
            ? [
                `AND (${contains({ has }, "words", 3)} OR ${contains({ has }, "summary", 3)})`,
                casesOf(saying),
              ]
            : ["", []];
      const rows = await run<{ readonly [K in keyof SeenConversation]: unknown }>(
        `SELECT id, agent, model, first, last, edits, writer, blob, words, summary,
                coalesce(written.lines, 0) AS lines, coalesce(written.files, 0) AS files
         FROM (SELECT * FROM conversations WHERE org_id = $1 AND project = $2 ${condition}
               ORDER BY coalesce(last, 0) DESC, id LIMIT ${Math.floor(limit)}) AS picked
         LEFT JOIN (SELECT conversation, sum(lines) AS lines, count(DISTINCT path) AS files FROM claims
                    WHERE claims.org_id = $1 AND claims.project = $2 GROUP BY conversation) AS written
           ON written.conversation = id
         ORDER BY coalesce(last, 0) DESC, id`,
        [org_id, number, ...values],
      );
      return rows.map((row) => ({
        ...(row as SeenConversation),
        first: row.first === null ? null : Number(row.first),
        last: row.last === null ? null : Number(row.last),
        edits: Number(row.edits),
        lines: Number(row.lines),
        files: Number(row.files),
      }));
    },
    unread: ({ org_id, number }, limit) =>
      run<{ id: string; blob: BlobId }>(
        `SELECT id, blob FROM conversations WHERE org_id = $1 AND project = $2 AND ${isUnread}
         ORDER BY coalesce(last, 0) DESC, id LIMIT ${Math.floor(limit)}`,
        [org_id, number],
      ),
    async countUnread({ org_id, number }) {
      const [row] = await run<{ count: unknown }>(
        `SELECT count(*) AS count FROM conversations WHERE org_id = $1 AND project = $2 AND ${isUnread}`,
        [org_id, number],
      );
      return Number(row?.count ?? 0);
    },
    async filesOf({ org_id, number }, conversation) {
      const rows = await run<{ path: string; lines: unknown; commits: unknown }>(
        `SELECT path, sum(lines) AS lines, count(DISTINCT sha) AS commits FROM claims
         WHERE org_id = $1 AND project = $2 AND conversation = $3
         GROUP BY path ORDER BY sum(lines) DESC, path`,
        [org_id, number, storable(conversation)],
      );
      return rows.map(({ path, lines, commits }) => ({
        path,
        lines: Number(lines),
        commits: Number(commits),
      }));
    },
    async people({ org_id, number }) {
      const rows = await run<{ readonly [K in keyof PersonSums]: unknown }>(
        `SELECT writer AS person, count(*) AS conversations, sum(edits) AS edits,
                sum(coalesce(written.lines, 0)) AS lines, max(last) AS last
         FROM conversations
         LEFT JOIN (SELECT conversation, sum(lines) AS lines FROM claims
                    WHERE claims.org_id = $1 AND claims.project = $2 GROUP BY conversation) AS written
           ON written.conversation = conversations.id
         WHERE conversations.org_id = $1 AND conversations.project = $2 AND writer IS NOT NULL
         GROUP BY writer`,
        [org_id, number],
      );
      return rows
        .map(({ person, conversations, edits, lines, last }) => ({
          person: String(person),
          conversations: Number(conversations),
          edits: Number(edits),
          lines: Number(lines),
          last: last === null ? null : Number(last),
        }))
        .sort((one, other) => other.lines - one.lines || (one.person < other.person ? -1 : 1));
    },
    async noteWords({ org_id, number }, { id, blob, words }) {
      // Only while it still points there: a purge may have come in between.
      await run(
        `UPDATE conversations SET words = $5, words_of = $4
         WHERE org_id = $1 AND project = $2 AND id = $3 AND blob = $4`,
        [org_id, number, id, blob, storable(words)],
      );
    },
  };
}
