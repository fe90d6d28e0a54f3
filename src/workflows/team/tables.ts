import { badRequest } from "../../http/http-error.ts";
import type {
  TeamAct,
  TeamConversations,
  TeamFile,
  TeamFindings,
  TeamOrg,
  TeamPerson,
  TeamProject,
} from "../../viewer/team-views.ts";
import type { TeamReport } from "./read-team-report.ts";

type Cell = string | number | boolean | null;

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** An answer of the team page as a table, for spreadsheets; undefined of one that is none. */
export function tableOf(
  pattern: string,
  answer: object,
  query: URLSearchParams,
): Table | undefined {
  return makers[pattern]?.(answer as never, query);
}

function table<Row extends object>(
  rows: readonly Row[],
  columns: readonly (keyof Row & string)[],
): Table {
  return { columns, rows: rows.map((row) => columns.map((column) => cell(row[column]))) };
}

function cell(value: unknown): Cell {
  if (Array.isArray(value)) return value.join(" ");
  if (value === null || value === undefined) return null;
  return typeof value === "number" || typeof value === "boolean" ? value : String(value);
}

const lines = ["added", "ai", "unattributed"] as const;
const conversation = [
  "id",
  "agent",
  "model",
  "first",
  "last",
  "edits",
  "files",
  "lines",
  "about",
] as const;

const reports: Readonly<Record<string, (report: TeamReport) => Table>> = {
  week: ({ groups }) =>
    table(
      groups.map(({ key, coverage, ...sums }) => ({
        week: key,
        commits: coverage.commits,
        ...sums,
      })),
      ["week", "commits", ...lines],
    ),
  agent: ({ agents }) => table(agents, ["agent", "model", "lines"]),
  file: ({ files }) => table(files, ["path", "commits", ...lines]),
  commit: ({ commits }) => table(commits, ["sha", "committed_at", ...lines, "recorded"]),
};

const makers: Readonly<Record<string, (answer: never, query: URLSearchParams) => Table>> = {
  "/team/projects": (projects: readonly TeamProject[]) =>
    table(projects, ["project", "commits", "conversations", "lines", "last"]),
  "/team/report": (report: TeamReport, query) => {
    const by = query.get("by") ?? "week";
    if (Object.hasOwn(reports, by)) return reports[by]?.(report) ?? { columns: [], rows: [] };
    throw badRequest("invalid_by", `\`by\` must be one of ${Object.keys(reports).join(", ")}`);
  },
  "/team/conversations": ({ conversations }: TeamConversations) =>
    table(conversations, [...conversation, ...personOf(conversations)]),
  "/team/search": ({ conversations }: TeamFindings) =>
    table(conversations, [...conversation, ...personOf(conversations)]),
  "/team/file": ({ commits }: TeamFile) => table(commits, ["sha", "committed_at", "added", "ai"]),
  "/team/people": (people: readonly TeamPerson[]) =>
    table(people, ["person", "conversations", "edits", "lines", "last"]),
  "/team/admin/audit": (acts: readonly TeamAct[]) =>
    table(acts, ["at", "org", "actor", "action", "target"]),
  "/team/admin/orgs": (orgs: readonly TeamOrg[], query) =>
    query.get("of") === "storage"
      ? table(
          orgs.flatMap(({ org, storage }) => storage.projects.map((one) => ({ org, ...one }))),
          ["org", "project", "rows", "bytes", "last_push"],
        )
      : table(
          orgs.flatMap(({ org, tokens }) => tokens.map((one) => ({ org, ...one }))),
          [
            "org",
            "id",
            "prefix",
            "name",
            "project",
            "scopes",
            "created_at",
            "last_used_at",
            "expires_at",
            "state",
          ],
        ),
};

function personOf(conversations: TeamConversations["conversations"]): ["person"] | [] {
  return conversations.some((one) => "person" in one) ? ["person"] : [];
}
