import type { ComponentChildren, VNode } from "preact";

/** Marks that reorder or hide text, and controls: shown by name, since what is read must be what is there. */
const hidden =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u061C\u115F\u180E\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF\uFFF9-\uFFFB]/g;

/** Text of a repository or a transcript. Nothing in it is mark-up. */
export function Foreign({ text }: { text: string }): VNode {
  return <>{reveal(text)}</>;
}

export function reveal(text: string): ComponentChildren {
  if (text.search(hidden) < 0) return text;
  const parts: ComponentChildren[] = [];
  let at = 0;
  for (const found of text.matchAll(hidden)) {
    if (found.index > at) parts.push(text.slice(at, found.index));
    const code = found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
    parts.push(<span class="hidden-mark">U+{code}</span>);
    at = found.index + 1;
  }
  parts.push(text.slice(at));
  return parts;
}

const colors = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

/** What a terminal program printed: its colours as spans, other commands to a terminal by name. */
export function Printed({ text }: { text: string }): VNode {
  const parts: ComponentChildren[] = [];
  let kind = "";
  let at = 0;
  const add = (end: number): void => {
    if (end > at) {
      const piece = reveal(text.slice(at, end));
      parts.push(kind === "" ? piece : <span class={kind}>{piece}</span>);
    }
  };
  // oxlint-disable-next-line no-control-regex
  for (const found of text.matchAll(/\u001B\[([\d;]{0,32})m/g)) {
    add(found.index);
    at = found.index + found[0].length;
    for (const code of (found[1] ?? "").split(";").map(Number)) {
      if (code === 0) kind = "";
      else if (code === 1) kind = `${kind} bold`;
      else if (code >= 30 && code <= 37) kind = `ansi-${colors[code - 30]}`;
      else if (code >= 90 && code <= 97) kind = `ansi-${colors[code - 90]}`;
      else if (code === 39) kind = "";
    }
  }
  add(text.length);
  return <>{parts}</>;
}

/** The little of Markdown that agents write: paragraphs, headings, lists, code, bold text and links shown in full. */
export function Prose({ text }: { text: string }): VNode {
  const blocks: VNode[] = [];
  const lines = text.split("\n");
  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? "";
    const fence = /^\s*(```+|~~~+)/.exec(line)?.[1];
    if (fence !== undefined) {
      let end = at + 1;
      while (end < lines.length && !(lines[end] ?? "").trim().startsWith(fence)) end++;
      blocks.push(
        <pre tabIndex={0}>
          <Foreign text={lines.slice(at + 1, end).join("\n")} />
        </pre>,
      );
      at = end + 1;
    } else if (/^#{1,6} /.test(line)) {
      blocks.push(
        <p class="heading">
          <Inline text={line.replace(/^#+ /, "")} />
        </p>,
      );
      at++;
    } else if (/^\s*(?:[-*+]|\d+[.)]) /.test(line)) {
      const items: VNode[] = [];
      for (; at < lines.length && /^\s*(?:[-*+]|\d+[.)]) /.test(lines[at] ?? ""); at++) {
        items.push(
          <li>
            <Inline text={(lines[at] ?? "").replace(/^\s*(?:[-*+]|\d+[.)]) /, "")} />
          </li>,
        );
      }
      blocks.push(<ul>{items}</ul>);
    } else if (line.trim() === "") at++;
    else {
      let end = at;
      while (
        end < lines.length &&
        (lines[end] ?? "").trim() !== "" &&
        !/^\s*(```|~~~|#{1,6} |[-*+] |\d+[.)] )/.test(end === at ? "" : (lines[end] ?? ""))
      )
        end++;
      blocks.push(
        <p>
          <Inline text={lines.slice(at, end).join("\n")} />
        </p>,
      );
      at = end;
    }
  }
  return <>{blocks}</>;
}

const marks = /`([^`\n]{1,2000})`|\*\*([^*\n]{1,2000})\*\*|(https?:\/\/[^\s<>"'`)\]]{1,2000})/g;

function Inline({ text }: { text: string }): VNode {
  const parts: ComponentChildren[] = [];
  let at = 0;
  for (const found of text.matchAll(marks)) {
    parts.push(reveal(text.slice(at, found.index)));
    at = found.index + found[0].length;
    const [whole, code, bold, link] = found;
    if (code !== undefined) parts.push(<code>{reveal(code)}</code>);
    else if (bold !== undefined) parts.push(<b>{reveal(bold)}</b>);
    else if (link !== undefined && URL.canParse(link)) {
      parts.push(
        <a href={link} target="_blank" rel="noopener noreferrer">
          {reveal(link)}
        </a>,
      );
    } else parts.push(reveal(whole));
  }
  parts.push(reveal(text.slice(at)));
  return <>{parts}</>;
}
