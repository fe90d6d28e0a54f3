import type { VNode } from "preact";
import { useEffect } from "preact/hooks";
import type { ProjectView } from "../views.ts";
import { embedded, isLive } from "./ask.ts";
import { ConversationPage } from "./conversation-page.tsx";
import { FilePage } from "./file-page.tsx";
import { Foreign } from "./foreign-text.tsx";
import { Waiting } from "./pieces.tsx";
import { type Place, place } from "./place.ts";
import { RangePage } from "./range-page.tsx";
import { SaidPage, SearchPage } from "./search-page.tsx";
import { HealthPage, SessionsPage } from "./sessions-page.tsx";
import { Tree } from "./tree.tsx";
import { useAnswer } from "./use-answer.ts";
import { fileLink } from "./words.ts";

const pages = [
  ["", "Files"],
  ["search", "Search"],
  ["sessions", "Sessions"],
  ["range", "Commits"],
  ["health", "Health"],
] as const;

/** The pages of one repository. */
export function Viewer(): VNode {
  if (embedded !== undefined) {
    return (
      <main class="exported">
        <Page place={place.value} />
      </main>
    );
  }
  return <Whole />;
}

function Whole(): VNode {
  const { answer, refusal } = useAnswer<ProjectView>("/api/project");
  const { page, rest } = place.value;
  const isFiles = page === "" || page === "file";
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isTyping = event.target instanceof HTMLInputElement;
      if (event.key === "/" && !isTyping) {
        document.getElementById("filter")?.focus();
        event.preventDefault();
      }
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  if (answer === undefined) return <Waiting refusal={refusal} />;
  document.title = `${page === "file" ? rest.at(-1) : answer.name} · agent-trace`;
  return (
    <>
      <header class="top">
        <ProjectName name={answer.name} isPage={page === ""} />
        <span class="quiet branch">
          <Foreign text={answer.branch ?? "detached"} />
        </span>
        <nav aria-label="Pages">
          {pages.map(([name, title]) => (
            <a
              key={name}
              href={`#/${name}`}
              {...(page === name || (name === "" && page === "file")
                ? { "aria-current": "page" as const }
                : {})}
            >
              {title}
            </a>
          ))}
        </nav>
        <span class={isLive.value ? "live" : "live off"} role="status">
          {isLive.value ? "live" : "not live"}
        </span>
      </header>
      <div class={isFiles ? "body with-tree" : "body"}>
        {isFiles ? (
          <Tree project={answer} open={page === "file" ? rest.join("/") : undefined} />
        ) : null}
        <main class={page === "" ? "none" : ""} tabIndex={0} aria-label="Page">
          <Page place={place.value} />
        </main>
      </div>
    </>
  );
}

/** Names the repository; where no page has a heading of its own, as the heading. */
function ProjectName({ name, isPage }: { name: string; isPage: boolean }): VNode {
  const link = (
    <a class="project" href="#/">
      <Foreign text={name} />
    </a>
  );
  return isPage ? <h1>{link}</h1> : link;
}

function Page({ place: { page, rest } }: { place: Place }): VNode {
  if (page === "file") return <FilePage path={rest.join("/")} />;
  if (page === "conversation") {
    const id = rest[0] ?? "";
    return (
      <ConversationPage
        place={{
          view: `/api/conversation?id=${encodeURIComponent(id)}`,
          tool: (turn, part) => `/api/tool?id=${id}&turn=${turn}&part=${part}`,
        }}
        turn={rest[1] === undefined ? undefined : Number(rest[1])}
        linkOf={fileLink}
      />
    );
  }
  if (page === "range") return <RangePage key={rest.join("/")} range={rest.join("/")} />;
  if (page === "search") return <SearchPage words={rest} />;
  if (page === "said") return <SaidPage id={rest[0] ?? ""} place={rest[1] ?? ""} />;
  if (page === "sessions") return <SessionsPage />;
  if (page === "health") return <HealthPage />;
  return <p class="empty">Choose a file to see who wrote each line of it.</p>;
}
