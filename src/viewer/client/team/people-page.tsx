import type { VNode } from "preact";
import type { TeamPerson } from "../../team-views.ts";
import { Foreign } from "../foreign-text.tsx";
import { Waiting } from "../pieces.tsx";
import { Table } from "../table.tsx";
import { useAnswer } from "../use-answer.ts";
import { age, count } from "../words.ts";
import { Downloads } from "./downloads.tsx";
import { addressOf } from "./team-address.ts";

export function PeoplePage({ project }: { project: string }): VNode {
  const address = addressOf("people", project);
  const { answer, refusal } = useAnswer<readonly TeamPerson[]>(address);
  if (answer === undefined) return <Waiting refusal={refusal} />;
  return (
    <div class="page">
      <header class="head">
        <h1>People</h1>
        <p class="quiet">
          By the token that a conversation's edits were sent with. It says who ran an agent, not who
          wrote a line, and nothing of how well anybody works.
        </p>
        <Downloads address={address} />
      </header>
      <Table
        head={["Person", "Conversations", "Edits", "Committed lines by agents", "Last edit"]}
        caption="People"
      >
        {answer.map(({ person, conversations, edits, lines, last }) => [
          <Foreign text={person} />,
          count(conversations),
          count(edits),
          count(lines),
          age(last),
        ])}
      </Table>
    </div>
  );
}
