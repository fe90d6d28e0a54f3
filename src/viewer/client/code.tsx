import type { VNode } from "preact";
import { reveal } from "./foreign-text.tsx";
import { count } from "./words.ts";

const kinds = ["", "keyword", "string", "comment", "number", "name", "type", "meta"];

/** A line longer than this is shown to here, with a word on what is left: nobody reads it, and browsers stall. */
const mostCharacters = 5000;

export function Code({
  text,
  tokens,
}: {
  text: string;
  tokens: readonly number[] | undefined;
}): VNode {
  if (text.length > mostCharacters) {
    return (
      <>
        {reveal(text.slice(0, mostCharacters))}
        <span class="hidden-mark">{count(text.length - mostCharacters)} more characters</span>
      </>
    );
  }
  if (tokens === undefined) return <>{reveal(text)}</>;
  const parts: VNode[] = [];
  let at = 0;
  for (let place = 0; place + 1 < tokens.length; place += 2) {
    const [kind = 0, length = 0] = [tokens[place], tokens[place + 1]];
    parts.push(<span class={`t-${kinds[kind] ?? ""}`}>{reveal(text.slice(at, at + length))}</span>);
    at += length;
  }
  return (
    <>
      {parts}
      {reveal(text.slice(at))}
    </>
  );
}
