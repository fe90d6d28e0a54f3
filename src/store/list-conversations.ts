import { openIndex } from "./exchange/open-index.ts";
import type { ProjectPaths } from "./files/paths.ts";
import { type RowPlace, useNumbers } from "./index/rows.ts";

/** A conversation as the records tell of it. */
export interface ConversationSummary {
  readonly id: string;
  readonly edits: number;
  readonly files: number;
  /** Times of its first and last edit, as the records have them. */
  readonly first: string | null;
  readonly last: string | null;
  /** One of its edits, as it was recorded. */
  readonly example: Readonly<Record<string, unknown>>;
}

/** Conversations that edited something, the latest first, at most so many. */
export function listConversations(project: ProjectPaths, most: number): ConversationSummary[] {
  using index = openIndex(project);
  return index.ask(["traces", "paths"], ({ database }) => {
    const rows = database
      .query(
        `SELECT c.id AS id, COUNT(*) AS edits, MIN(t.time) AS first, MAX(t.time) AS last, MAX(t.seq) AS newest,
           (SELECT COUNT(DISTINCT p.path) FROM use v JOIN touch p ON p.seq = v.seq
             WHERE v.conversation = c.number AND v.resource = ?1) AS files
         FROM conversation c JOIN use u ON u.conversation = c.number AND u.resource = ?1
         JOIN traces t ON t.seq = u.seq WHERE t.edit = 1 GROUP BY c.number ORDER BY last DESC LIMIT ?2`,
      )
      .all(useNumbers.traces, most) as (Omit<ConversationSummary, "example"> & {
      newest: number;
    })[];
    return rows.map(({ newest, ...row }) => {
      const place = database.query("SELECT * FROM traces WHERE seq = ?").get(newest) as RowPlace;
      return { ...row, example: index.values("traces", [place])[0] ?? {} };
    });
  });
}
