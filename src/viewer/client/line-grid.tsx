import { useEffect, useRef, useState } from "preact/hooks";
import type { VNode } from "preact";
import type { FileView, RunView } from "../views.ts";
import { Code } from "./code.tsx";
import { reveal } from "./foreign-text.tsx";
import { age, hueOf, nameOf } from "./words.ts";

const lineHeight = 20;
/** Lines that stand ready above and below those in sight. */
const margin = 25;

interface GridProps {
  readonly file: FileView;
  readonly byLine: readonly RunView[];
  readonly current: number;
  readonly isOpen: boolean;
  onCurrent(line: number): void;
  onOpen(line: number | undefined): void;
}

/** The lines. Only those in sight are elements, so that 20,000 of them scroll as 20 do. */
export function Grid({ file, byLine, current, isOpen, onCurrent, onOpen }: GridProps): VNode {
  const lines = file.lines ?? [];
  const box = useRef<HTMLDivElement>(null);
  const [sight, setSight] = useState({ first: 0, last: 80 });
  const look = (): void => {
    const element = box.current;
    if (element === null) return;
    const first = Math.max(0, Math.floor(element.scrollTop / lineHeight) - margin);
    const last = Math.min(
      lines.length,
      Math.ceil((element.scrollTop + element.clientHeight) / lineHeight) + margin,
    );
    setSight((old) =>
      Math.abs(old.first - first) < 10 && Math.abs(old.last - last) < 10 ? old : { first, last },
    );
  };
  useEffect(() => {
    look();
    const all = (): void => setSight({ first: 0, last: lines.length });
    addEventListener("resize", look);
    addEventListener("beforeprint", all);
    addEventListener("afterprint", look);
    return () => {
      removeEventListener("resize", look);
      removeEventListener("beforeprint", all);
      removeEventListener("afterprint", look);
    };
  }, [lines.length, isOpen]);
  const goTo = (line: number): void => {
    const element = box.current;
    const wanted = Math.min(lines.length, Math.max(1, line));
    onCurrent(wanted);
    if (isOpen) onOpen(wanted);
    if (element === null) return;
    const top = (wanted - 1) * lineHeight;
    if (
      top < element.scrollTop + lineHeight * 2 ||
      top > element.scrollTop + element.clientHeight - lineHeight * 3
    ) {
      element.scrollTop = top - element.clientHeight / 3;
    }
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const runs = file.runs;
    const keys: Record<string, () => void> = {
      j: () => goTo(current + 1),
      ArrowDown: () => goTo(current + 1),
      k: () => goTo(current - 1),
      ArrowUp: () => goTo(current - 1),
      PageDown: () => goTo(current + 30),
      PageUp: () => goTo(current - 30),
      Home: () => goTo(1),
      End: () => goTo(lines.length),
      "]": () => goTo(runs.find(({ ai, start }) => ai && start > current)?.start ?? current),
      "[": () => goTo(runs.findLast(({ ai, start }) => ai && start < current)?.start ?? current),
      Enter: () => onOpen(current),
    };
    const act = keys[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  };
  const shown: VNode[] = [];
  for (let line = sight.first + 1; line <= Math.min(sight.last, lines.length); line++) {
    shown.push(
      <Line
        key={line}
        file={file}
        line={line}
        run={byLine[line]}
        isFirst={line === sight.first + 1}
        isCurrent={line === current}
        onOpen={() => {
          onCurrent(line);
          onOpen(line);
        }}
      />,
    );
  }
  const digits = String(lines.length).length;
  return (
    <div
      class="grid"
      role="grid"
      aria-label={`Lines of ${file.path}`}
      aria-rowcount={lines.length}
      aria-activedescendant={`line-${current}`}
      tabIndex={0}
      ref={box}
      onScroll={look}
      onKeyDown={onKey}
      style={{ "--digits": String(digits) }}
    >
      <div class="lines" role="rowgroup" style={{ height: `${lines.length * lineHeight}px` }}>
        <div
          class="window"
          role="presentation"
          style={{ transform: `translateY(${sight.first * lineHeight}px)` }}
        >
          {shown}
        </div>
      </div>
    </div>
  );
}

interface LineProps {
  readonly file: FileView;
  readonly line: number;
  readonly run: RunView | undefined;
  readonly isFirst: boolean;
  readonly isCurrent: boolean;
  onOpen(): void;
}

function Line({ file, line, run, isFirst, isCurrent, onOpen }: LineProps): VNode {
  const starts = run?.start === line || isFirst;
  const commit = run?.commit ?? null;
  const facts = commit === null ? undefined : file.commits[commit];
  const kind = run?.ai === true ? "ai" : "other";
  const who = run?.ai === true ? nameOf(run) : (facts?.author ?? "");
  const uncommitted = run !== undefined && commit === null;
  return (
    <div
      class={`line ${kind}${run?.start === line ? " starts" : ""}${isCurrent ? " current" : ""}${uncommitted ? " uncommitted" : ""}`}
      id={`line-${line}`}
      role="row"
      aria-rowindex={line}
      aria-selected={isCurrent}
      style={{ "--hue": String(hueOf(run?.conversation ?? run?.trace ?? null)) }}
      onClick={onOpen}
    >
      <span class="mark" role="gridcell" aria-label={run?.ai === true ? "AI" : "unattributed"} />
      <span class="who" role="gridcell">
        {starts ? reveal(who) : ""}
      </span>
      <span class="when" role="gridcell">
        {starts ? age(run?.time ?? facts?.time ?? null) : ""}
      </span>
      <span class="sha" role="gridcell">
        {starts ? (uncommitted ? "uncommitted" : commit?.slice(0, 7)) : ""}
      </span>
      <span class="number" role="rowheader">
        {line}
      </span>
      <code class="text" role="gridcell">
        <Code text={file.lines?.[line - 1] ?? ""} tokens={file.tokens[line - 1]} />
      </code>
    </div>
  );
}
