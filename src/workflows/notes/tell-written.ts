import type { Terminal } from "../../terminal/terminal.ts";
import { plural } from "../../terminal/text.ts";
import type { WrittenNotes } from "./annotate.ts";

/** Says what became of notes, and once of all those that stay because another program wrote them. */
export function tellWritten(terminal: Terminal, { written, same, foreign }: WrittenNotes): void {
  const rest = same === 0 ? "" : `, ${same} as they were`;
  terminal.print(`${plural(written, "note")} written${rest}`);
  const [first] = foreign;
  if (first === undefined) return;
  terminal.warn(
    `${plural(foreign.length, "note")} of another program stay${foreign.length === 1 ? "s" : ""} as they are, such as that of ${first.slice(0, 7)}`,
    `\`agent-trace notes show ${first.slice(0, 7)}\` shows it`,
  );
}

export function writtenDocument({ written, same, foreign }: WrittenNotes) {
  return { written, same, foreign };
}
