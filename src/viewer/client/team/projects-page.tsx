import type { VNode } from "preact";
import type { TeamProject } from "../../team-views.ts";
import { Foreign } from "../foreign-text.tsx";
import { Waiting } from "../pieces.tsx";
import { Table } from "../table.tsx";
import { useAnswer } from "../use-answer.ts";
import { age, count } from "../words.ts";
import { Downloads } from "./downloads.tsx";
import { projectLink } from "./team-address.ts";

export function ProjectsPage(): VNode {
  const { answer, refusal } = useAnswer<readonly TeamProject[]>("team/projects");
  if (answer === undefined) return <Waiting refusal={refusal} />;
  return (
    <div class="page">
      <header class="head">
        <h1>Projects</h1>
        <Downloads address="team/projects" />
      </header>
      {answer.length === 0 ? (
        <p class="empty">This org has no project yet.</p>
      ) : (
        <Table
          head={["Project", "Commits", "Lines by agents", "Conversations", "Last edit"]}
          caption="Projects"
        >
          {answer.map(({ project, commits, lines, conversations, last }) => [
            <a href={projectLink(project)}>
              <Foreign text={project} />
            </a>,
            count(commits),
            count(lines),
            count(conversations),
            age(last),
          ])}
        </Table>
      )}
    </div>
  );
}
