import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { TeamFindings } from "../../team-views.ts";
import { Foreign } from "../foreign-text.tsx";
import { Waiting } from "../pieces.tsx";
import { Table } from "../table.tsx";
import { useAnswer } from "../use-answer.ts";
import { age } from "../words.ts";
import { ConversationTable, Unread } from "./conversations-page.tsx";
import { Downloads } from "./downloads.tsx";
import { addressOf, projectLink } from "./team-address.ts";

/** Looks through what was sent. The question stands in the address, so that it can be gone back to. */
export function TeamSearchPage({ project, words }: { project: string; words: string }): VNode {
  const [typed, setTyped] = useState(words);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    setTyped(words);
    if (words === "") field.current?.focus();
  }, [words]);
  return (
    <div class="page">
      <header class="head">
        <h1>Search</h1>
        <form
          class="ask"
          role="search"
          onSubmit={(event) => {
            event.preventDefault();
            location.hash = projectLink(project, "search", typed.trim());
          }}
        >
          <input
            aria-label="Words, a path or a commit"
            placeholder="words of a prompt, a path, a commit"
            minLength={2}
            maxLength={200}
            ref={field}
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
          <button type="submit">Search</button>
        </form>
      </header>
      {words.length < 2 ? (
        <p class="empty">
          Looks in what people asked agents, in summaries, in paths of files with lines by agents,
          and among commits.
        </p>
      ) : (
        <Found project={project} words={words} />
      )}
    </div>
  );
}

function Found({ project, words }: { project: string; words: string }): VNode {
  const address = addressOf("search", project, { q: words });
  const { answer, refusal } = useAnswer<TeamFindings>(address);
  if (answer === undefined) return <Waiting refusal={refusal} />;
  const { conversations, files, commits, unread } = answer;
  const isNothing = conversations.length + files.length + commits.length === 0;
  return (
    <>
      <p class="quiet" role="status">
        {isNothing ? "Nothing was found." : ""}
        <Unread count={unread} />
      </p>
      {conversations.length === 0 ? null : (
        <>
          <ConversationTable project={project} conversations={conversations} />
          <Downloads address={address} of="Conversations" />
        </>
      )}
      {files.length === 0 ? null : (
        <Table head={["File", "Last commit"]} caption="Files">
          {files.map(({ path, last }) => [
            <a href={projectLink(project, "file", path)}>
              <Foreign text={path} />
            </a>,
            age(last),
          ])}
        </Table>
      )}
      {commits.length === 0 ? null : (
        <Table head={["Commit", "Time"]} caption="Commits">
          {commits.map(({ sha, committed_at: at }) => [
            <a href={projectLink(project, "range", sha)}>{sha}</a>,
            age(at),
          ])}
        </Table>
      )}
    </>
  );
}
