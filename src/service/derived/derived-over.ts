import { isObject } from "../../schema/is-object.ts";
import type { Statements } from "../operations.ts";
import type { Project, Tenant } from "../project.ts";
import type {
  ClaimedLines,
  CommitChoice,
  CommitFile,
  DerivedRecords,
  FileChange,
  KnownCommit,
  ProjectOverview,
} from "./derived-records.ts";
import { inOrder } from "./derive.ts";
import { findIn } from "./find-text.ts";
import { conversationsOver } from "./conversations-over.ts";
import { storablePath } from "./row-facts.ts";

/** Questions that are asked at a time. */
const lookups = 32;

type Raw<T> = { readonly [K in keyof T]: unknown };

/** The derived tables of a database; `traceText` gives a stored trace. */
export function derivedOver(
  { run, all, list, has }: Statements,
  traceText: (tenant: Tenant, id: string) => Promise<string | undefined>,
): DerivedRecords {
  /** Which commits are meant, about the table `commits`; its values stand from $3 on. */
  const choose = (choice: CommitChoice | undefined): [condition: string, values: unknown[]] => {
    if (choice === undefined) return ["", []];
    if ("from" in choice)
      return ["AND commits.at >= $3 AND commits.at < $4", [choice.from, choice.to]];
    const named = JSON.stringify(choice.shas.map((sha) => ({ sha })));
    return [`AND commits.sha IN (SELECT sha FROM ${list(3, { sha: "text" })})`, [named]];
  };
  const ofProject = "commits.org_id = $1 AND commits.project = $2";
  const with_ = (table: string): string =>
    `JOIN ${table} ON ${table}.org_id = $1 AND ${table}.project = $2 AND ${table}.sha = commits.sha`;

  /** Without a conversation only the trace itself tells whose agent it was. */
  async function learnAgents(project: Project, claims: ClaimedLines[]): Promise<ClaimedLines[]> {
    const { org_id: orgId, project_id: projectId } = project;
    const alone = claims.filter(({ conversation }) => conversation === null);
    const ids = [...new Set(alone.map(({ trace }) => trace))];
    const agents = new Map<string, string | null>();
    for (let at = 0; at < ids.length; at += lookups) {
      const some = ids.slice(at, at + lookups);
      const texts = await Promise.all(some.map((id) => traceText({ orgId, projectId }, id)));
      for (const [n, id] of some.entries()) agents.set(id, agentOf(texts[n]));
    }
    return claims.map((claim) =>
      claim.conversation === null ? { ...claim, agent: agents.get(claim.trace) ?? null } : claim,
    );
  }

  return {
    async noteCommits({ org_id, number }, commits) {
      const files = commits.flatMap(({ sha, files: own }) =>
        [...new Map(own.map((file) => [file.path, file])).values()].map((file) => ({
          sha,
          ...file,
        })),
      );
      const once = inOrder(new Map(commits.map((commit) => [commit.sha, commit])));
      const items = once.map(({ sha, parents, at }) => ({ sha, parents: parents.join(" "), at }));
      await all([
        [
          `INSERT INTO commit_files (org_id, project, sha, path, added, apart)
           SELECT $1, $2, sha, path, added, apart
           FROM ${list(3, { sha: "text", path: "text", added: "bigint", apart: "text" })}
           WHERE NOT EXISTS (SELECT 1 FROM commits WHERE commits.org_id = $1 AND commits.project = $2
             AND commits.sha = list.sha AND commits.counted = 1)
           ON CONFLICT DO NOTHING`,
          [org_id, number, JSON.stringify(files)],
        ],
        [
          `INSERT INTO commits (org_id, project, sha, parents, at, counted)
           SELECT $1, $2, sha, parents, at, 1
           FROM ${list(3, { sha: "text", parents: "text", at: "bigint" })} WHERE true
           ON CONFLICT (org_id, project, sha) DO UPDATE SET parents = excluded.parents, at = excluded.at,
             counted = 1 WHERE commits.counted = 0`,
          [org_id, number, JSON.stringify(items)],
        ],
      ]);
    },
    async countedCommits({ org_id, number }, shas) {
      const [condition, values] = choose({ shas });
      const rows = await run<{ sha: string }>(
        `SELECT sha FROM commits WHERE ${ofProject} AND counted = 1 ${condition}`,
        [org_id, number, ...values],
      );
      return new Set(rows.map(({ sha }) => sha));
    },
    async commits({ org_id, number }, choice) {
      const [condition, values] = choose(choice);
      const rows = await run<Raw<KnownCommit> & { parents: string | null }>(
        `SELECT sha, parents, at, coalesce(ledger_at, link_at) AS recorded, counted
         FROM commits WHERE ${ofProject} ${condition}`,
        [org_id, number, ...values],
      );
      return rows.map(({ sha, parents, at, recorded, counted }) => ({
        sha: String(sha),
        parents: (parents ?? "").split(" ").filter((parent) => parent !== ""),
        at: numberOrNull(at),
        recorded: numberOrNull(recorded),
        counted: Number(counted) === 1,
      }));
    },
    async countOf({ org_id, number }, choice, most) {
      const [condition, values] = choose(choice);
      let count = 0;
      for (const table of ["commit_files", "claims"]) {
        const [row] = await run<{ count: unknown }>(
          `SELECT count(*) AS count FROM (SELECT 1 FROM commits ${with_(table)}
           WHERE ${ofProject} ${condition} LIMIT ${Math.floor(most - count)}) AS parts`,
          [org_id, number, ...values],
        );
        count += Number(row?.count ?? 0);
      }
      return count;
    },
    async files({ org_id, number }, choice) {
      const [condition, values] = choose(choice);
      const rows = await run<Raw<CommitFile>>(
        `SELECT commits.sha AS sha, path, added, apart FROM commits ${with_("commit_files")}
         WHERE ${ofProject} ${condition}`,
        [org_id, number, ...values],
      );
      return rows.map((row) => ({ ...(row as CommitFile), added: numberOrNull(row.added) }));
    },
    async claims(project, choice) {
      const [condition, values] = choose(choice);
      const rows = await run<Raw<ClaimedLines>>(
        `SELECT commits.sha AS sha, path, nullif(conversation, '') AS conversation, agent,
                nullif(claims.model, '') AS model, trace, lines
         FROM commits ${with_("claims")}
         LEFT JOIN conversations ON conversations.org_id = $1 AND conversations.project = $2
           AND conversations.id = claims.conversation
         WHERE ${ofProject} ${condition} ORDER BY commits.sha, n`,
        [project.org_id, project.number, ...values],
      );
      const claims = rows.map((row) => ({ ...(row as ClaimedLines), lines: Number(row.lines) }));
      return learnAgents(project, claims);
    },
    async ofPath({ org_id, number }, path, limit) {
      const rows = await run<Raw<FileChange>>(
        `SELECT commits.sha AS sha, at, added, coalesce(claimed.lines, 0) AS lines FROM commits
         LEFT JOIN (SELECT sha, added FROM commit_files
                    WHERE org_id = $1 AND project = $2 AND path = $3) AS counted ON counted.sha = commits.sha
         LEFT JOIN (SELECT sha, sum(lines) AS lines FROM claims
                    WHERE org_id = $1 AND project = $2 AND path = $3 GROUP BY sha) AS claimed
           ON claimed.sha = commits.sha
         WHERE ${ofProject} AND (counted.sha IS NOT NULL OR claimed.sha IS NOT NULL)
         ORDER BY coalesce(at, 0) DESC, commits.sha LIMIT ${Math.floor(limit)}`,
        [org_id, number, storablePath(path)],
      );
      const wrote = await run<{ conversation: string }>(
        `SELECT DISTINCT conversation FROM claims
         WHERE org_id = $1 AND project = $2 AND path = $3 AND conversation <> ''`,
        [org_id, number, storablePath(path)],
      );
      return {
        commits: rows.map(({ sha, at, added, lines }) => ({
          sha: String(sha),
          at: numberOrNull(at),
          added: numberOrNull(added),
          lines: Number(lines),
        })),
        conversations: wrote.map(({ conversation }) => conversation),
      };
    },
    ...conversationsOver({ run, list, has }),
    search: (project, text, limit) => findIn({ run, has }, project, { text, limit }),
    async overview(orgId) {
      const each = (table: string, columns: string): string =>
        `SELECT project, ${columns} FROM ${table} WHERE ${table}.org_id = $1 GROUP BY project`;
      const rows = await run<Raw<ProjectOverview>>(
        `SELECT project_id AS project, coalesce(c.count, 0) AS commits, coalesce(v.count, 0) AS conversations,
                coalesce(l.lines, 0) AS lines, v.last AS last
         FROM projects
         LEFT JOIN (${each("commits", "count(*) AS count")}) c ON c.project = number
         LEFT JOIN (${each("claims", "sum(lines) AS lines")}) l ON l.project = number
         LEFT JOIN (${each("conversations", "count(*) AS count, max(last) AS last")}) v ON v.project = number
         WHERE projects.org_id = $1`,
        [orgId],
      );
      return rows
        .map(({ project, commits, conversations, lines, last }) => ({
          project: String(project),
          commits: Number(commits),
          conversations: Number(conversations),
          lines: Number(lines),
          last: numberOrNull(last),
        }))
        .sort((one, other) => (one.project < other.project ? -1 : 1));
    },
  };
}

export function numberOrNull(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}

function agentOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  try {
    const trace: unknown = JSON.parse(text);
    const tool = isObject(trace) ? trace["tool"] : undefined;
    return isObject(tool) && typeof tool["name"] === "string" ? tool["name"] : null;
  } catch {
    return null;
  }
}
