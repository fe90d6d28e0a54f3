import type { Terminal } from "../../terminal/terminal.ts";
import { plural } from "../../terminal/text.ts";
import type { WrittenNotes } from "./annotate.ts";

/** Says what became of notes, and once of all those that stay because another program wrote them. */
export function tellWritten(
  terminal: Terminal,
  { written, same, foreign }: WrittenNotes,
  show = "agent-trace notes show",
): void {
  const rest = same === 0 ? "" : `, ${same} as they were`;
  terminal.print(`${plural(written, "note")} written${rest}`);
  const short = foreign[0]?.slice(0, 7);
  if (short === undefined) return;
  terminal.warn(
    foreign.length === 1
      ? `the note of ${short} is another program's and stays as it is`
      : `${foreign.length} notes are another program's and stay as they are, such as that of ${short}`,
    `\`${show} ${short}\` shows it`,
  );
}

export function writtenDocument({ written, same, foreign }: WrittenNotes) {
  return { written, same, foreign };
}
