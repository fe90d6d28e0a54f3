import { useEffect, useMemo, useState } from "preact/hooks";
import type { VNode } from "preact";
import type { ConversationView, ToolView, TurnPart, TurnView } from "../views.ts";
import { embedded } from "./ask.ts";
import { Foreign, Printed, Prose } from "./foreign-text.tsx";
import { Waiting } from "./pieces.tsx";
import { useAnswer } from "./use-answer.ts";
import { useConversation } from "./use-conversation.ts";
import { age, bytes, count, plural, shortModel } from "./words.ts";

const densities = ["prompts", "prose", "all"] as const;
type Density = (typeof densities)[number];

/** Where the parts of a conversation and its tool calls are asked for. */
export interface ConversationPlace {
  readonly view: string;
  tool(turn: number, part: number): string;
}

interface PageProps {
  readonly place: ConversationPlace;
  readonly turn: number | undefined;
  /** What a file that it wrote leads to. */
  linkOf(path: string): string;
}

export function ConversationPage({ place, turn, linkOf }: PageProps): VNode {
  const { view, refusal } = useConversation(place.view);
  const [density, setDensity] = useState<Density>("all");
  const drawn = useMemo(() => new WeakMap<TurnView, VNode>(), [place.view]);
  const isThere = view !== undefined && (turn === undefined || turn < view.turns.length);
  useEffect(() => {
    if (isThere && turn !== undefined)
      document.getElementById(`turn-${turn}`)?.scrollIntoView({ block: "start" });
  }, [isThere, turn]);
  if (view === undefined) return <Waiting refusal={refusal} />;
  const draw = (one: TurnView, at: number): VNode => {
    const known = drawn.get(one) ?? (
      <Turn key={at} turn={one} at={at} tool={(part) => place.tool(at, part)} />
    );
    drawn.set(one, known);
    return known;
  };
  return (
    <article class={`conversation show-${density}`}>
      <ConversationHead view={view} density={density} onDensity={setDensity} linkOf={linkOf} />
      {view.turns.length === 0 && view.isWhole ? (
        <p class="empty">Nothing of this transcript can be read as a conversation.</p>
      ) : null}
      <ol class="turns">{view.turns.map(draw)}</ol>
      {view.isWhole ? null : (
        <p class="empty" role="status">
          {refusal?.message ?? `Reading… ${bytes(view.read)} of ${bytes(view.bytes)}`}
        </p>
      )}
    </article>
  );
}

interface HeadProps {
  readonly view: ConversationView;
  readonly density: Density;
  onDensity(density: Density): void;
  linkOf(path: string): string;
}

function ConversationHead({ view, density, onDensity, linkOf }: HeadProps): VNode {
  const models = new Set(
    view.turns.flatMap(({ model }) => (model === null ? [] : [shortModel(model)])),
  );
  return (
    <header class="head">
      <h1>Conversation</h1>
      <p class="quiet">
        {[
          [...models].join(", "),
          view.isWhole ? plural(view.turns.length, "turn") : "",
          bytes(view.bytes),
          view.tokens === null || !view.isWhole
            ? ""
            : `${count(view.tokens.input + view.tokens.cached)} tokens in, ${count(view.tokens.output)} out`,
          view.unreadable === 0 ? "" : `${plural(view.unreadable, "line")} could not be read`,
        ]
          .filter((part) => part !== "")
          .join(" · ")}
      </p>
      {view.summary === null ? null : (
        <p>
          <Foreign text={view.summary} />
        </p>
      )}
      {view.files.length === 0 ? null : (
        <ul class="wrote" aria-label="Files that it wrote">
          {view.files.map(({ path, lines }) => (
            <li key={path}>
              {embedded === undefined ? (
                <a href={linkOf(path)}>
                  <Foreign text={path} />
                </a>
              ) : (
                <Foreign text={path} />
              )}
              <span class="quiet"> {plural(lines, "line")}</span>
            </li>
          ))}
        </ul>
      )}
      <fieldset class="choice">
        <legend class="quiet">Show</legend>
        {densities.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={density === one}
            onClick={() => onDensity(one)}
          >
            {one}
          </button>
        ))}
      </fieldset>
    </header>
  );
}

interface TurnProps {
  readonly turn: TurnView;
  readonly at: number;
  tool(part: number): string;
}

function Turn({ turn, at, tool }: TurnProps): VNode {
  const who =
    turn.speaker === "user"
      ? turn.subagent
        ? "Agent to subagent"
        : "Person"
      : turn.subagent
        ? "Subagent"
        : "Agent";
  const hasWords = turn.parts.some(({ kind }) => kind === "text");
  return (
    <li
      id={`turn-${at}`}
      class={`turn ${turn.speaker}${turn.subagent ? " subagent" : ""}${hasWords ? "" : " wordless"}`}
    >
      <header>
        <strong>{who}</strong>
        <span class="quiet"> {age(turn.time)}</span>
      </header>
      {turn.parts.map((part, place) => (
        <Part key={place} part={part} address={tool(place)} />
      ))}
    </li>
  );
}

function Part({ part, address }: { part: TurnPart; address: string }): VNode {
  const [isWhole, setWhole] = useState(false);
  if (part.kind === "tool") return <Tool part={part} address={address} />;
  const isLong = part.text.length > longText && !isWhole;
  const text = isLong ? part.text.slice(0, longText) : part.text;
  const rest = isLong ? (
    <button type="button" class="more" onClick={() => setWhole(true)}>
      Show {count(part.text.length - longText)} more characters
    </button>
  ) : null;
  if (part.kind === "thinking") {
    return (
      <details class="thinking">
        <summary>Thought</summary>
        <Prose text={text} />
        {rest}
      </details>
    );
  }
  return (
    <div class="prose">
      <Prose text={text} />
      {rest}
    </div>
  );
}

const longText = 12_000;

const verbs: Readonly<Record<string, string>> = {
  Edit: "Edited",
  MultiEdit: "Edited",
  Write: "Wrote",
  Read: "Read",
  Bash: "Ran",
  Grep: "Searched",
  Glob: "Looked for",
  Task: "Asked a subagent",
};

function Tool({
  part,
  address,
}: {
  part: Extract<TurnPart, { kind: "tool" }>;
  address: string;
}): VNode {
  const [isOpen, setOpen] = useState(false);
  return (
    <details
      class={`tool${part.failed ? " failed" : ""}`}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        <span class="verb">
          <Foreign
            text={Object.hasOwn(verbs, part.name) ? (verbs[part.name] ?? part.name) : part.name}
          />
        </span>{" "}
        <code>
          <Foreign text={part.target} />
        </code>
        {part.added > 0 ? <span class="plus"> +{count(part.added)}</span> : null}
        {part.removed > 0 ? <span class="minus"> −{count(part.removed)}</span> : null}
        {part.failed ? <span class="quiet"> failed</span> : null}
      </summary>
      {isOpen ? <ToolBody address={address} /> : null}
    </details>
  );
}

const mostOutput = 20_000;

function ToolBody({ address }: { address: string }): VNode {
  const { answer, refusal } = useAnswer<ToolView>(address);
  const [isWhole, setWhole] = useState(false);
  if (answer === undefined) return <Waiting refusal={refusal} />;
  const { diff, input, output } = answer;
  const cut = isWhole ? output : output.slice(0, mostOutput);
  return (
    <div class="tool-body">
      {diff.length === 0 ? null : (
        <pre class="diff" tabIndex={0} aria-label="What it changed">
          {diff.slice(0, isWhole ? undefined : 2000).map(({ mark, text }) => (
            <span class={mark === "+" ? "added" : mark === "-" ? "removed" : "same"}>
              {mark} <Foreign text={text} />
              {"\n"}
            </span>
          ))}
        </pre>
      )}
      {input === "" || input === "{}" ? null : (
        <pre tabIndex={0} aria-label="What it was asked">
          <Foreign text={input} />
        </pre>
      )}
      {output === "" ? null : (
        <pre tabIndex={0} aria-label="What came of it">
          <Printed text={cut} />
        </pre>
      )}
      {!isWhole && (output.length > mostOutput || diff.length > 2000) ? (
        <button type="button" class="more" onClick={() => setWhole(true)}>
          Show all of it
        </button>
      ) : null}
    </div>
  );
}
