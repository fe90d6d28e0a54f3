import type { VNode } from "preact";
import type { TeamFile } from "../../team-views.ts";
import { Foreign } from "../foreign-text.tsx";
import { Waiting } from "../pieces.tsx";
import { Table } from "../table.tsx";
import { useAnswer } from "../use-answer.ts";
import { age, count } from "../words.ts";
import { ConversationTable, Unread } from "./conversations-page.tsx";
import { Downloads } from "./downloads.tsx";
import { addressOf, projectLink } from "./team-address.ts";

/** Where the lines of a file came from: the service has no text of it, but who wrote it and why. */
export function TeamFilePage({ project, path }: { project: string; path: string }): VNode {
  const address = addressOf("file", project, { path });
  const { answer, refusal } = useAnswer<TeamFile>(address);
  if (answer === undefined) return <Waiting refusal={refusal} />;
  const { commits, conversations, unread } = answer;
  return (
    <div class="page">
      <header class="head">
        <h1>
          <Foreign text={path} />
        </h1>
        <p class="quiet">
          Commits that changed it and conversations that wrote lines of it.
          <Unread count={unread} />
        </p>
        <Downloads address={address} />
      </header>
      {conversations.length === 0 ? null : (
        <ConversationTable project={project} conversations={conversations} />
      )}
      {commits.length === 0 ? (
        <p class="empty">Nothing that was sent names this file.</p>
      ) : (
        <Table head={["Commit", "Time", "Added", "AI"]} caption="Commits">
          {commits.map(({ sha, committed_at: at, added, ai }) => [
            <a href={projectLink(project, "range", sha)}>
              <code>{sha.slice(0, 10)}</code>
            </a>,
            age(at),
            added === null ? "not counted" : count(added),
            count(ai),
          ])}
        </Table>
      )}
    </div>
  );
}
