import { HttpError, badRequest } from "../../http/http-error.ts";
import type { Project } from "../../service/records.ts";
import { type Call, type Route, callerOf, requireProject } from "../../service/route.ts";
import { numberOf, required, seenPart } from "../../viewer/asked.ts";
import type { TeamFile, TeamPerson, TeamProject } from "../../viewer/team-views.ts";
import { adminRoutes } from "./admin-routes.ts";
import { read, timeOf } from "./page-route.ts";
import { type TeamQuestion, readTeamReport } from "./read-team-report.ts";
import { listed, readWords, teamConversations } from "./team-conversations.ts";

/** Conversations in a list; a page says where there are more. */
const mostListed = 500;
const mostFound = 50;
const mostWeeks = 520;
const searched = { shortest: 2, longest: 200 };

/** What the team page asks. All of it answers programs with a token, too, as JSON or (`format=csv`) as a table. */
export function teamRoutes(): readonly Route[] {
  const conversations = teamConversations();
  return [
    read("/team/projects", "an org's projects", async (call) => {
      const { org, projectId } = callerOf(call);
      const all = await call.deployment.records.derived.overview(org.id);
      return all
        .filter(({ project }) => projectId === null || projectId === project)
        .map((one): TeamProject => ({ ...one, last: timeOf(one.last) }));
    }),
    read("/team/report", "what commits added and agents wrote", async (call) => {
      const { records, now } = call.deployment;
      const project = await projectOf(call);
      const question = questionOf(call);
      return readTeamReport(records.derived, project, { question, now: now() / 1000 });
    }),
    read("/team/conversations", "conversations of a project, the latest first", async (call) => {
      const project = await projectOf(call);
      const unread = await readWords(call.deployment, project);
      const { derived } = call.deployment.records;
      const found = await derived.conversations(project, { limit: mostListed });
      return listed(found, { unread, persons: await personsOf(call) });
    }),
    read("/team/conversation", "some of a conversation's turns", async (call) => {
      const project = await projectOf(call);
      const asked = { id: required(call.query, "id"), seen: seenPart(call.query) };
      return conversations.view(call.deployment, project, asked);
    }),
    read("/team/tool", "a tool call of a conversation", async (call) => {
      const { query } = call;
      return conversations.tool(call.deployment, await projectOf(call), {
        id: required(query, "id"),
        turn: numberOf(query, "turn"),
        part: numberOf(query, "part"),
      });
    }),
    read("/team/search", "files, commits and conversations with a text", async (call) => {
      const project = await projectOf(call);
      const text = required(call.query, "q").trim();
      if (text.length < searched.shortest || text.length > searched.longest) {
        const { shortest, longest } = searched;
        throw badRequest("invalid_search", `\`q\` must have ${shortest} to ${longest} characters`);
      }
      const { derived } = call.deployment.records;
      const unread = await readWords(call.deployment, project);
      const [found, names] = await Promise.all([
        derived.conversations(project, { limit: mostFound, saying: text }),
        derived.search(project, text, mostFound),
      ]);
      return {
        ...listed(found, { unread, persons: await personsOf(call) }),
        files: names.flatMap(({ kind, name, at }) =>
          kind === "file" ? [{ path: name, last: timeOf(at) }] : [],
        ),
        commits: names.flatMap(({ kind, name, at }) =>
          kind === "commit" ? [{ sha: name, committed_at: timeOf(at) }] : [],
        ),
      };
    }),
    read(
      "/team/file",
      "commits that changed a file, and conversations that wrote it",
      async (call) => {
        const project = await projectOf(call);
        const path = required(call.query, "path");
        const { derived } = call.deployment.records;
        const { commits, conversations: ids } = await derived.ofPath(project, path, mostListed);
        const unread = await readWords(call.deployment, project);
        const found = await derived.conversations(project, { limit: mostListed, among: ids });
        const file: TeamFile = {
          path,
          commits: commits.map(({ sha, at, added, lines }) => ({
            sha,
            committed_at: timeOf(at),
            added,
            ai: added === null ? lines : Math.min(lines, added),
          })),
          ...listed(found, { unread, persons: await personsOf(call) }),
        };
        return file;
      },
    ),
    read("/team/people", "sums by person, where the org shows them", async (call) => {
      const project = await projectOf(call);
      const persons = await personsOf(call);
      if (persons === undefined) {
        throw new HttpError(403, "people_hidden", "this org shows no tables by person", {
          details: { hint: "an admin switches them on with `agent-trace admin org people`" },
        });
      }
      const people = await call.deployment.records.derived.people(project);
      return people.map((one): TeamPerson => ({
        ...one,
        person: persons.get(one.person) ?? one.person,
        last: timeOf(one.last),
      }));
    }),
    ...adminRoutes,
  ];
}

function projectOf(call: Call): Promise<Project> {
  return requireProject(call, call.query.get("project_id"));
}

function questionOf({ query }: Call): TeamQuestion {
  const range = query.get("range");
  if (range !== null && range !== "") return { range };
  const weeks = query.get("weeks") ?? "12";
  if (weeks === "all") return { weeks };
  if (/^\d{1,3}$/.test(weeks) && Number(weeks) >= 1 && Number(weeks) <= mostWeeks) {
    return { weeks: Number(weeks) };
  }
  throw badRequest(
    "invalid_weeks",
    `\`weeks\` must be a number from 1 to ${mostWeeks}, or \`all\``,
  );
}

/** Names of tokens by their ids; undefined where the org shows nothing by person. */
async function personsOf(call: Call): Promise<ReadonlyMap<string, string> | undefined> {
  const { records } = call.deployment;
  const { id } = callerOf(call).org;
  if (!(await records.namesPeople(id))) return undefined;
  const tokens = await records.tokens(id);
  return new Map(tokens.map(({ id: token, name, prefix }) => [token, name ?? `${prefix}…`]));
}
