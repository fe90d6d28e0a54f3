import type { VNode } from "preact";
import type { TeamAct, TeamOrg } from "../../team-views.ts";
import { Foreign } from "../foreign-text.tsx";
import { Waiting } from "../pieces.tsx";
import { Table } from "../table.tsx";
import { useAnswer } from "../use-answer.ts";
import { age, bytes, count, readable } from "../words.ts";
import { Downloads } from "./downloads.tsx";

/** Who may come in, what is kept and what was done. It shows no conversation: those are the orgs' own. */
export function AdminPage(): VNode {
  const { answer: orgs, refusal } = useAnswer<readonly TeamOrg[]>("team/admin/orgs");
  const { answer: acts } = useAnswer<readonly TeamAct[]>("team/admin/audit");
  if (orgs === undefined) return <Waiting refusal={refusal} />;
  return (
    <div class="page">
      <header class="head">
        <h1>Service</h1>
        <p class="quiet">
          Changes are made with <code>agent-trace admin</code>; this page only shows. What an org
          sent is seen with a token of that org.
        </p>
      </header>
      <Table head={["Org", "Project", "Rows", "Bytes of rows", "Last push"]} caption="Storage">
        {orgs.flatMap(({ org, storage }) =>
          storage.projects.map(({ project, rows, bytes: size, last_push: last }) => [
            <Foreign text={org} />,
            <Foreign text={project} />,
            count(rows),
            bytes(size),
            age(last),
          ]),
        )}
      </Table>
      <Downloads address="team/admin/orgs?of=storage" of="Storage" />
      <Table
        head={["Org", "Tables by person", "Transcripts", "Bytes of transcripts"]}
        caption="Orgs"
      >
        {orgs.map(({ org, people, storage }) => [
          <Foreign text={org} />,
          people ? "shown to all members" : "off",
          count(storage.blobs),
          bytes(storage.bytes),
        ])}
      </Table>
      <Table
        head={["Org", "Token", "Name", "Project", "May", "Last used", "Ends", "State"]}
        caption="Tokens"
      >
        {orgs.flatMap(({ org, tokens }) =>
          tokens.map((token) => [
            <Foreign text={org} />,
            <code>
              <Foreign text={`${token.prefix}…`} />
            </code>,
            <Foreign text={token.name ?? ""} />,
            <Foreign text={token.project ?? "all"} />,
            token.scopes.join(", "),
            token.last_used_at === null ? "never" : age(token.last_used_at),
            token.expires_at === null ? "never" : readable(token.expires_at),
            token.state,
          ]),
        )}
      </Table>
      <Downloads address="team/admin/orgs" of="Tokens" />
      {acts === undefined || acts.length === 0 ? null : (
        <>
          <Table head={["Time", "Org", "Who", "What", "On what"]} caption="Audit">
            {acts.map(({ at, org, actor, action, target }) => [
              readable(at),
              <Foreign text={org} />,
              <Foreign text={actor} />,
              <Foreign text={action} />,
              <Foreign text={target} />,
            ])}
          </Table>
          <Downloads address="team/admin/audit" of="Audit" />
        </>
      )}
    </div>
  );
}
