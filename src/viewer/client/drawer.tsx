import { useEffect, useRef } from "preact/hooks";
import type { VNode } from "preact";
import type { FileView, RunView, WhyView } from "../views.ts";
import { embedded } from "./ask.ts";
import { Foreign } from "./foreign-text.tsx";
import { useAnswer } from "./use-answer.ts";
import { age, hueOf, plural, readable, shortModel } from "./words.ts";

interface DrawerProps {
  readonly file: FileView;
  readonly run: RunView;
  readonly line: number;
  onClose(): void;
}

/** "Why do we say so": the records behind a line, one by one. */
export function Drawer({ file, run, line, onClose }: DrawerProps): VNode {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
  }, []);
  const facts = run.commit === null ? undefined : file.commits[run.commit];
  return (
    <aside
      class="drawer"
      aria-labelledby="why"
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
      }}
    >
      <header>
        <h2 id="why" tabIndex={-1} ref={heading}>
          {run.start === run.end ? `Line ${run.start}` : `Lines ${run.start}–${run.end}`}
        </h2>
        <button type="button" onClick={onClose} aria-label="Close">
          ✕
        </button>
      </header>
      {run.ai ? (
        <p class="author">
          <span
            class="dot"
            style={{ "--hue": String(hueOf(run.conversation ?? run.trace)) }}
            aria-hidden="true"
          />
          <strong>{run.agent ?? "An agent"}</strong> {shortModel(run.model)}
          <span class="quiet"> {age(run.time)}</span>
        </p>
      ) : (
        <p class="author">
          <strong>Unattributed</strong>
          <span class="quiet">
            {" "}
            Nothing recorded here says who wrote {plural(run.end - run.start + 1, "line")}.
          </span>
        </p>
      )}
      {run.ai ? <Reasons file={file} run={run} line={line} /> : null}
      <h3>Git's blame</h3>
      {facts === undefined ? (
        <p class="quiet">Not committed yet.</p>
      ) : (
        <dl>
          <dt>Author</dt>
          <dd>
            <Foreign text={facts.author} />
          </dd>
          <dt>Commit</dt>
          <dd>
            {embedded === undefined ? (
              <a href={`#/range/${run.commit}`}>{run.commit?.slice(0, 10)}</a>
            ) : (
              run.commit?.slice(0, 10)
            )}{" "}
            <Foreign text={facts.subject} />
          </dd>
          <dt>Time</dt>
          <dd>{readable(facts.time)}</dd>
        </dl>
      )}
    </aside>
  );
}

function Reasons({ file, run, line }: { file: FileView; run: RunView; line: number }): VNode {
  const query = new URLSearchParams({
    path: file.path,
    line: String(embedded === undefined ? line : run.start),
  });
  if (run.commit !== null) query.set("commit", run.commit);
  if (run.trace !== null) query.set("trace", run.trace);
  const { answer, refusal } = useAnswer<WhyView>(`/api/why?${query.toString()}`);
  const isKept = run.conversation !== null && file.kept.includes(run.conversation);
  return (
    <>
      {answer?.prompt == null ? null : (
        <blockquote>
          <p>
            <Foreign text={answer.prompt.text.slice(0, 600)} />
            {answer.prompt.text.length > 600 ? "…" : ""}
          </p>
          <a href={`#/conversation/${run.conversation}/${answer.prompt.turn}`}>
            Read the conversation
          </a>
        </blockquote>
      )}
      {answer?.prompt == null && isKept ? (
        <p>
          <a href={`#/conversation/${run.conversation}`}>Read the conversation</a>
        </p>
      ) : null}
      {isKept ? null : <p class="quiet">Its conversation is not kept on this machine.</p>}
      <h3>Why do we say so</h3>
      {answer === undefined ? (
        <p class="quiet">{refusal?.message ?? "Reading…"}</p>
      ) : (
        <dl>
          {answer.facts.map(({ name, value }) => (
            <>
              <dt>{name}</dt>
              <dd>
                <Foreign text={readable(value)} />
              </dd>
            </>
          ))}
        </dl>
      )}
    </>
  );
}
