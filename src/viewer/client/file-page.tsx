import { useMemo, useState } from "preact/hooks";
import type { VNode } from "preact";
import type { FileView, RunView, TextView } from "../views.ts";
import { Drawer } from "./drawer.tsx";
import { Foreign } from "./foreign-text.tsx";
import { Grid } from "./line-grid.tsx";
import { Waiting } from "./pieces.tsx";
import { useAnswer } from "./use-answer.ts";
import { count, hueOf, nameOf, percent, plural } from "./words.ts";

export function FilePage({ path }: { path: string }): VNode {
  const name = encodeURIComponent(path);
  // To find out who wrote it takes a while: the text is there before.
  const { answer: text } = useAnswer<TextView>(`/api/text?path=${name}`);
  const { answer, refusal } = useAnswer<FileView>(`/api/file?path=${name}`);
  const file = useMemo(() => answer ?? (text && withoutBlame(text)), [answer, text]);
  if (file === undefined || (answer === undefined && refusal !== undefined)) {
    return <Waiting refusal={refusal} />;
  }
  return <Blame key={file.path} file={file} isKnown={answer !== undefined} />;
}

function withoutBlame(text: TextView): FileView {
  return { ...text, tokens: [], aiLines: 0, runs: [], commits: {}, kept: [] };
}

function Blame({ file, isKnown }: { file: FileView; isKnown: boolean }): VNode {
  const lines = file.lines ?? [];
  const [current, setCurrent] = useState(1);
  const [opened, setOpened] = useState<number>();
  const byLine = useMemo(() => runsByLine(file), [file]);
  const run = opened === undefined ? undefined : byLine[opened];
  return (
    <div class={run === undefined ? "file" : "file with-drawer"}>
      <FileHead file={file} isKnown={isKnown} />
      {file.lines === null ? (
        <p class="empty">This file is no text.</p>
      ) : lines.length === 0 ? (
        <p class="empty">This file is empty.</p>
      ) : (
        <Grid
          file={file}
          byLine={byLine}
          current={current}
          onCurrent={setCurrent}
          onOpen={setOpened}
          isOpen={run !== undefined}
        />
      )}
      {run === undefined || opened === undefined ? null : (
        <Drawer
          file={file}
          run={run}
          line={opened}
          onClose={() => {
            setOpened(undefined);
            document.querySelector<HTMLElement>(".grid")?.focus();
          }}
        />
      )}
    </div>
  );
}

function runsByLine({ runs }: FileView): RunView[] {
  const byLine: RunView[] = [];
  for (const run of runs) for (let line = run.start; line <= run.end; line++) byLine[line] = run;
  return byLine;
}

function FileHead({ file, isKnown }: { file: FileView; isKnown: boolean }): VNode {
  const sessions = new Map<string, { run: RunView; lines: number }>();
  for (const run of file.runs) {
    if (!run.ai) continue;
    const key = run.conversation ?? run.trace ?? "";
    const known = sessions.get(key) ?? { run, lines: 0 };
    known.lines += run.end - run.start + 1;
    sessions.set(key, known);
  }
  const total = file.lines?.length ?? 0;
  return (
    <header class="head">
      <h1>
        <Foreign text={file.path} />
      </h1>
      {isKnown ? (
        <p>
          <strong>{percent(file.aiLines, total)} AI</strong>
          <span class="quiet">
            {" "}
            {count(file.aiLines)} of {plural(total, "line")}
          </span>
        </p>
      ) : (
        <p class="quiet" role="status">
          Finding out who wrote its {plural(total, "line")}…
        </p>
      )}
      <ul class="legend">
        {[...sessions].map(([key, { run, lines: own }]) => (
          <li key={key}>
            <span class="dot" style={{ "--hue": String(hueOf(key)) }} aria-hidden="true" />
            {run.conversation !== null && file.kept.includes(run.conversation) ? (
              <a href={`#/conversation/${run.conversation}`}>{nameOf(run)}</a>
            ) : (
              nameOf(run)
            )}
            <span class="quiet"> {count(own)}</span>
          </li>
        ))}
      </ul>
    </header>
  );
}
