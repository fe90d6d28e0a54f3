import type { VNode } from "preact";
import type { TeamConversation, TeamConversations } from "../../team-views.ts";
import { Foreign } from "../foreign-text.tsx";
import { Waiting } from "../pieces.tsx";
import { Table } from "../table.tsx";
import { useAnswer } from "../use-answer.ts";
import { age, count, plural, shortModel } from "../words.ts";
import { Downloads } from "./downloads.tsx";
import { addressOf, projectLink } from "./team-address.ts";

export function ConversationsPage({ project }: { project: string }): VNode {
  const address = addressOf("conversations", project);
  const { answer, refusal } = useAnswer<TeamConversations>(address);
  if (answer === undefined) return <Waiting refusal={refusal} />;
  const { conversations, unread } = answer;
  return (
    <div class="page">
      <header class="head">
        <h1>Conversations</h1>
        <p class="quiet">
          The latest first{conversations.length === 500 ? "; the latest 500" : ""}.
          <Unread count={unread} />
        </p>
        <Downloads address={address} />
      </header>
      {conversations.length === 0 ? (
        <p class="empty">No conversation was sent to this project yet.</p>
      ) : (
        <ConversationTable project={project} conversations={conversations} />
      )}
    </div>
  );
}

/** What is not read yet is not found either; it is read while people look. */
export function Unread({ count: number }: { count: number }): VNode | null {
  if (number === 0) return null;
  return <> {plural(number, "transcript")} not looked into yet: look again in a moment.</>;
}

interface ConversationTableProps {
  readonly project: string;
  readonly conversations: readonly TeamConversation[];
}

export function ConversationTable({ project, conversations }: ConversationTableProps): VNode {
  const hasPeople = conversations.some((one) => one.person !== undefined);
  const head = ["About", "Agent", "Edits", "Files", "Committed lines", "Last edit"];
  return (
    <Table head={hasPeople ? [...head, "Person"] : head} caption="Conversations">
      {conversations.map((one) => [
        one.kept ? (
          <a href={projectLink(project, "conversation", one.id)}>
            <Foreign text={one.about ?? "Conversation"} />
          </a>
        ) : (
          <span class="quiet">not kept here</span>
        ),
        <>
          <Foreign text={one.agent ?? "agent"} />{" "}
          <span class="quiet">
            <Foreign text={shortModel(one.model)} />
          </span>
        </>,
        count(one.edits),
        count(one.files),
        count(one.lines),
        age(one.last),
        ...(hasPeople ? [<Foreign text={one.person ?? ""} />] : []),
      ])}
    </Table>
  );
}
