import { useEffect, useState } from "preact/hooks";
import type { VNode } from "preact";
import type { SearchView } from "../views.ts";
import { Foreign } from "./foreign-text.tsx";
import { Waiting } from "./pieces.tsx";
import { useAnswer } from "./use-answer.ts";
import { age } from "./words.ts";

const fields = ["text", "agent", "since", "file"] as const;
type Question = Readonly<Record<(typeof fields)[number], string>>;

const pageOfHits = 100;

/** Looks in all kept conversations. The question stands in the address, so that it can be gone back to. */
export function SearchPage({ words }: { words: readonly string[] }): VNode {
  const [text = "", agent = "", since = "", file = ""] = words;
  const question: Question = { text, agent, since, file };
  const [limit, setLimit] = useState(pageOfHits);
  const [agents, setAgents] = useState<readonly string[]>([]);
  useEffect(() => setLimit(pageOfHits), [words.join("\n")]);
  return (
    <div class="page">
      <header class="head">
        <h1>Search</h1>
      </header>
      <SearchForm key={words.join("\n")} question={question} agents={agents} />
      {text === "" ? (
        <p class="empty">
          Looks for words that people and agents said, in every conversation that is kept here.
        </p>
      ) : (
        <Hits
          question={question}
          limit={limit}
          onAgents={setAgents}
          onMore={() => setLimit(limit + pageOfHits)}
        />
      )}
    </div>
  );
}

function SearchForm({
  question,
  agents,
}: {
  question: Question;
  agents: readonly string[];
}): VNode {
  const known = question.agent === "" ? agents : [...new Set([...agents, question.agent])];
  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        const typed = new FormData(event.currentTarget);
        const parts = fields.map((name) =>
          encodeURIComponent(String(typed.get(name) ?? "").trim()),
        );
        location.hash = `/search/${parts.join("/")}`;
      }}
    >
      <label class="words">
        <span>Words</span>
        <input id="filter" type="search" name="text" required value={question.text} />
      </label>
      <label>
        <span>Agent</span>
        <select name="agent" value={question.agent}>
          <option value="">any</option>
          {known.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>Since</span>
        <input type="date" name="since" value={question.since} />
      </label>
      <label>
        <span>Edited the file</span>
        <input type="text" name="file" placeholder="src/parser.ts" value={question.file} />
      </label>
      <button type="submit">Search</button>
    </form>
  );
}

const ways: Readonly<Record<string, string>> = { user: "said to", assistant: "said by" };

interface HitsProps {
  readonly question: Question;
  readonly limit: number;
  onAgents(agents: readonly string[]): void;
  onMore(): void;
}

function Hits({ question, limit, onAgents, onMore }: HitsProps): VNode {
  const query = new URLSearchParams({ ...question, limit: String(limit) });
  const { answer, refusal } = useAnswer<SearchView>(`/api/search?${query.toString()}`);
  useEffect(() => {
    if (answer !== undefined) onAgents(answer.agents);
  }, [answer]);
  if (answer === undefined) return <Waiting refusal={refusal} />;
  if (answer.hits.length === 0) {
    return (
      <p class="empty" role="status">
        Nothing was said with these words in it.
      </p>
    );
  }
  return (
    <>
      <ol class="hits" aria-label="What was said">
        {answer.hits.map(({ conversation_id: id, place, agent, time, speaker, excerpt }) => (
          <li key={`${id} ${place}`}>
            <a href={`#/said/${id}/${place}`}>
              <Foreign text={excerpt} />
            </a>
            <span class="quiet">
              {ways[speaker] ?? "in a transcript of"} <Foreign text={agent} /> · {age(time)}
            </span>
          </li>
        ))}
      </ol>
      {answer.more ? (
        <button type="button" onClick={onMore}>
          Show more
        </button>
      ) : null}
    </>
  );
}

/** Leads on to the turn of a conversation in which something was said. */
export function SaidPage({ id, place }: { id: string; place: string }): VNode {
  const query = new URLSearchParams({ id, place });
  const { answer, refusal } = useAnswer<{ turn: number }>(`/api/said?${query.toString()}`);
  useEffect(() => {
    if (answer !== undefined) location.replace(`#/conversation/${id}/${answer.turn}`);
  }, [answer]);
  return <Waiting refusal={refusal} />;
}
