import type { Statements } from "../operations.ts";
import type { Project } from "../project.ts";
import type { Finding } from "./derived-records.ts";
import { storable } from "./row-facts.ts";

/**
 * The condition that a text stands somewhere in a column, whatever its case, and its two values from `$n` on. SQLite
 * knows the case of ASCII alone: other letters are found as they were typed, and PostgreSQL finds them in any case.
 */
export function contains({ has }: Pick<Statements, "has">, column: string, n: number): string {
  return `(${has(`lower(${column})`, n)} OR ${has(`lower(${column})`, n + 1)})`;
}

/** In lower case, and with the letters of ASCII alone in lower case. */
export function casesOf(text: string): [lower: string, typed: string] {
  const stored = storable(text);
  return [stored.toLowerCase(), stored.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())];
}

/** Looks a text up in the paths of a project, and as the beginning of a commit's name. */
export async function findIn(
  { run, has }: Pick<Statements, "run" | "has">,
  { org_id, number }: Project,
  { text, limit }: { text: string; limit: number },
): Promise<Finding[]> {
  const most = Math.floor(limit);
  const time = (value: unknown): number | null => (value === null ? null : Number(value));
  const paths = await run<{ path: string; at: unknown }>(
    `SELECT path, max(at) AS at FROM claims
     JOIN commits ON commits.org_id = $1 AND commits.project = $2 AND commits.sha = claims.sha
     WHERE claims.org_id = $1 AND claims.project = $2 AND ${contains({ has }, "path", 3)}
     GROUP BY path ORDER BY max(coalesce(at, 0)) DESC, path LIMIT ${most}`,
    [org_id, number, ...casesOf(text)],
  );
  const files = paths.map(({ path, at }) => ({ kind: "file" as const, name: path, at: time(at) }));
  if (!/^[0-9a-f]{4,64}$/i.test(text)) return files;
  const commits = await run<{ sha: string; at: unknown }>(
    `SELECT sha, at FROM commits WHERE org_id = $1 AND project = $2 AND sha LIKE $3
     ORDER BY sha LIMIT ${most}`,
    [org_id, number, `${text.toLowerCase()}%`],
  );
  return [
    ...files,
    ...commits.map(({ sha, at }) => ({ kind: "commit" as const, name: sha, at: time(at) })),
  ];
}
