import { when } from "../../terminal/list.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { visible } from "../../terminal/text.ts";
import type { SearchAnswer } from "./search.ts";

/** What was found, the hits of one conversation that follow each other under one heading. */
export function describeSearch(terminal: Terminal, { hits }: SearchAnswer, now: Date): string[] {
  const lines: string[] = [];
  let last: string | undefined;
  for (const { conversation_id: id, agent, time, speaker, excerpt } of hits) {
    if (id !== last) {
      const name = terminal.stdout.isTerminal ? id.slice(0, 12) : id;
      const heading = [visible(agent), when(terminal, time, now), name].join("  ");
      lines.push(terminal.paint(heading, "heading"));
    }
    last = id;
    lines.push(`  ${terminal.paint(`${visible(speaker)}:`, "name")} ${visible(excerpt)}`);
  }
  return lines;
}
