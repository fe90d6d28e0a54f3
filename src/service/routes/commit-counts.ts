import { badRequest, json } from "../../http/http-error.ts";
import { isCommitSha } from "../../schema/ids.ts";
import { isObject } from "../../schema/is-object.ts";
import { parseTime } from "../../schema/time.ts";
import { checkShape } from "../batch-shape.ts";
import type { CommitCounts, FileCount } from "../derived/derived-records.ts";
import { storablePath } from "../derived/row-facts.ts";
import { type Call, type Route, jsonBytes, requireProject } from "../route.ts";

/** Commits in a request. */
export const mostCommits = 2000;
const mostFiles = 200_000;
const mostLines = 10_000_000;
const mostParents = 64;

/**
 * What git counts of commits, which the service cannot: it has no repository. Clients send it behind a push, each
 * commit after its parents, so that where one is here all before it are.
 */
export const commitCountRoutes: readonly Route[] = [
  {
    method: "POST",
    pattern: "/api/v1/commits",
    access: "write",
    does: "send what git counts of commits",
    async handle(call) {
      const { project, items } = await readRequest(call, "items");
      const commits = items.map(readCommit);
      if (commits.reduce((sum, { files }) => sum + files.length, 0) > mostFiles) {
        throw badRequest("too_many_files", `a request may hold ${mostFiles} files`);
      }
      await call.deployment.records.derived.noteCommits(project, commits);
      return json({ ok: true, count: commits.length });
    },
  },
  {
    method: "POST",
    pattern: "/api/v1/commits/missing",
    access: "read-or-write",
    does: "say which commits were not counted yet",
    async handle(call) {
      const { project, items } = await readRequest(call, "commits");
      const shas = items.filter(isCommitSha);
      const known = await call.deployment.records.derived.countedCommits(project, shas);
      return json({ missing: shas.filter((sha) => !known.has(sha)) });
    },
  },
];

async function readRequest(call: Call, name: string) {
  const bytes = await call.body.bytes(jsonBytes);
  checkShape(bytes);
  const body = await call.body.json(jsonBytes);
  const items = isObject(body) ? body[name] : undefined;
  if (!isObject(body) || !Array.isArray(items)) {
    throw badRequest("invalid_body", `\`${name}\` must be a list`);
  }
  if (items.length > mostCommits) {
    throw badRequest("too_many_commits", `a request may hold ${mostCommits} commits`);
  }
  const project = await requireProject(call, body["project_id"]);
  return { project, items: items as readonly unknown[] };
}

function readCommit(value: unknown): CommitCounts {
  const wrong = badRequest(
    "invalid_commit",
    "a commit has `commit_sha`, `parents`, `committed_at` and `files`",
  );
  if (!isObject(value)) throw wrong;
  const { commit_sha: sha, parents, committed_at: committed, files } = value;
  const at = typeof committed === "string" ? parseTime(committed) : undefined;
  if (!isCommitSha(sha) || at === undefined) throw wrong;
  if (!Array.isArray(parents) || parents.length > mostParents || !parents.every(isCommitSha)) {
    throw wrong;
  }
  if (!Array.isArray(files)) throw wrong;
  return { sha, parents, at: Number(at), files: files.map(readFile) };
}

const aparts = ["generated", "vendored", "binary"] as const;

function readFile(value: unknown): FileCount {
  const { path, added = null, apart = null } = isObject(value) ? value : {};
  const isCount =
    added === null || (Number.isInteger(added) && Number(added) >= 0 && Number(added) <= mostLines);
  const isApart = apart === null || aparts.includes(apart as never);
  if (typeof path !== "string" || path === "" || path.length > 65_536 || !isCount || !isApart) {
    throw badRequest(
      "invalid_file",
      "a file has `path`, `added` (lines, or null) and perhaps `apart`",
    );
  }
  return {
    path: storablePath(path),
    added: added as number | null,
    apart: apart as FileCount["apart"],
  };
}
