import type { VNode } from "preact";
import { useEffect } from "preact/hooks";
import type { TeamSession } from "../../team-views.ts";
import { ask, changes, loggedOut } from "../ask.ts";
import { ConversationPage } from "../conversation-page.tsx";
import { Foreign } from "../foreign-text.tsx";
import { Waiting } from "../pieces.tsx";
import { place } from "../place.ts";
import { useAnswer } from "../use-answer.ts";
import { AdminPage } from "./admin-page.tsx";
import { ConversationsPage } from "./conversations-page.tsx";
import { LogIn } from "./log-in.tsx";
import { PeoplePage } from "./people-page.tsx";
import { ProjectPage } from "./project-page.tsx";
import { ProjectsPage } from "./projects-page.tsx";
import { TeamFilePage } from "./team-file-page.tsx";
import { TeamSearchPage } from "./team-search-page.tsx";
import { addressOf, projectLink } from "./team-address.ts";

/** The pages of a service for its team. */
export function Team(): VNode {
  const { answer, refusal } = useAnswer<TeamSession>(`team/session?n=${loggedOut.value}`);
  if (answer === undefined) return <Waiting refusal={refusal} />;
  if (answer.role === null) return <LogIn onDone={() => void changes.value++} />;
  return <Whole session={answer} />;
}

const projectPages = [
  ["", "Activity"],
  ["conversations", "Conversations"],
  ["search", "Search"],
  ["people", "People"],
] as const;

function Whole({ session }: { session: TeamSession }): VNode {
  const { page, rest } = place.value;
  const [project, part = ""] = page === "project" ? rest : [];
  const here = part === "conversation" ? "conversations" : part;
  const isActivity = here === "" || ["weeks", "range", "file"].includes(here);
  useEffect(() => {
    document.title = `${project ?? session.org ?? "Admin"} · agent-trace`;
  }, [project, session.org]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== "/" || event.target instanceof HTMLInputElement || !project) return;
      event.preventDefault();
      location.hash = projectLink(project, "search");
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [project]);
  const logOut = async (): Promise<void> => {
    await ask("team/session", { method: "DELETE" }).catch(() => {});
    location.hash = "#/";
    loggedOut.value++;
  };
  return (
    <>
      <header class="top team">
        <a class="project" href="#/">
          <Foreign text={session.org ?? "agent-trace"} />
        </a>
        {project === undefined ? null : (
          <span class="quiet branch">
            <Foreign text={project} />
          </span>
        )}
        <nav aria-label="Pages">
          {project === undefined
            ? null
            : projectPages
                .filter(([name]) => name !== "people" || session.people === true)
                .map(([name, title]) => (
                  <a
                    key={name}
                    href={projectLink(project, name)}
                    {...(here === name || (name === "" && isActivity)
                      ? { "aria-current": "page" as const }
                      : {})}
                  >
                    {title}
                  </a>
                ))}
        </nav>
        {session.logs_out === true ? (
          <button type="button" class="log-out" onClick={() => void logOut()}>
            Log out
          </button>
        ) : null}
      </header>
      <div class="body">
        <main tabIndex={0} aria-label="Page">
          {session.role === "admin" ? <AdminPage /> : <Page />}
          {session.people === true ? (
            <p class="quiet note">This org shows tables by person to all of its members.</p>
          ) : null}
        </main>
      </div>
    </>
  );
}

function Page(): VNode {
  const { page, rest } = place.value;
  const [project, part = "", ...more] = rest;
  if (page !== "project" || project === undefined) return <ProjectsPage />;
  if (part === "conversations") return <ConversationsPage project={project} />;
  if (part === "people") return <PeoplePage project={project} />;
  if (part === "search")
    return <TeamSearchPage key={project} project={project} words={more.join("/")} />;
  if (part === "file") return <TeamFilePage project={project} path={more.join("/")} />;
  if (part === "conversation") {
    const id = more[0] ?? "";
    return (
      <ConversationPage
        place={{
          view: addressOf("conversation", project, { id }),
          tool: (turn, at) =>
            addressOf("tool", project, { id, turn: String(turn), part: String(at) }),
        }}
        turn={more[1] === undefined ? undefined : Number(more[1])}
        linkOf={(path) => projectLink(project, "file", path)}
      />
    );
  }
  const range = part === "range" ? more.join("/") : undefined;
  const weeks = part === "weeks" ? (more[0] ?? "12") : "12";
  return (
    <ProjectPage key={`${project} ${range ?? ""}`} project={project} range={range} weeks={weeks} />
  );
}
