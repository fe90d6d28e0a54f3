import type { VNode } from "preact";
import type { HealthView, SessionView } from "../views.ts";
import { Foreign } from "./foreign-text.tsx";
import { Tile, Waiting } from "./pieces.tsx";
import { Table } from "./table.tsx";
import { useAnswer } from "./use-answer.ts";
import { age, count, shortModel } from "./words.ts";

export function SessionsPage(): VNode {
  const { answer, refusal } = useAnswer<readonly SessionView[]>("/api/sessions");
  if (answer === undefined) return <Waiting refusal={refusal} />;
  return (
    <div class="page">
      <header class="head">
        <h1>Sessions</h1>
        <p class="quiet">
          Conversations that edited files here, the latest first
          {answer.length === 500 ? "; the latest 500" : ""}.
        </p>
      </header>
      {answer.length === 0 ? (
        <p class="empty">No agent has edited a file here yet.</p>
      ) : (
        <Table
          head={["First prompt", "Agent", "Edits", "Files", "Committed lines", "Last edit"]}
          caption="Sessions"
        >
          {answer.map((session) => [
            session.kept ? (
              <a href={`#/conversation/${session.id}`}>
                <Foreign text={session.prompt ?? "Conversation"} />
              </a>
            ) : (
              <span class="quiet">not kept on this machine</span>
            ),
            <>
              <Foreign text={session.agent ?? "agent"} />{" "}
              <span class="quiet">{shortModel(session.model)}</span>
            </>,
            count(session.edits),
            count(session.files),
            count(session.lines),
            age(session.last),
          ])}
        </Table>
      )}
    </div>
  );
}

const marks = { ok: "ok", warn: "look", fail: "wrong" } as const;

export function HealthPage(): VNode {
  const { answer, refusal } = useAnswer<HealthView>("/api/health");
  if (answer === undefined) return <Waiting refusal={refusal} />;
  const { counts, findings, remotes, errors } = answer;
  return (
    <div class="page">
      <header class="head">
        <h1>Health</h1>
        <p class="quiet">What `agent-trace doctor --offline` and `agent-trace status` say.</p>
      </header>
      <section class="tiles" aria-label="Counts">
        {Object.entries(counts).map(([name, value]) => (
          <Tile key={name} name={name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}>
            {count(value)}
          </Tile>
        ))}
      </section>
      <ul class="findings">
        {findings.map(({ level, area, message, fix }) => (
          <li class={level}>
            <span class="level">{marks[level]}</span>
            <span class="quiet">{area}</span>
            <span>
              <Foreign text={message} />
              {fix === null ? null : (
                <code>
                  <Foreign text={fix} />
                </code>
              )}
            </span>
          </li>
        ))}
      </ul>
      {remotes.length === 0 ? null : (
        <Table head={["Remote", "Address", "A push would send", "Held back"]} caption="Remotes">
          {remotes.map(({ name, url, lacks, heldBack }) => [
            <Foreign text={name} />,
            <Foreign text={url} />,
            Object.entries(lacks)
              .filter(([, number]) => number > 0)
              .map(([what, number]) => `${count(number)} ${what.replace("_", " ")}`)
              .join(", ") || "nothing",
            count(heldBack),
          ])}
        </Table>
      )}
      {errors.length === 0 ? null : (
        <Table head={["Time", "Hook", "Reason"]} caption="Hook events that failed">
          {errors.map(({ time, hook, reason }) => [
            age(time),
            <Foreign text={hook} />,
            <Foreign text={reason} />,
          ])}
        </Table>
      )}
    </div>
  );
}
