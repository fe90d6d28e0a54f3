import { defineCommand } from "../../command.ts";
import { parseSince } from "../../workflows/exchange/parse-since.ts";
import { backfillNotes } from "../../workflows/notes/rebuild-notes.ts";
import { findProject } from "../../workflows/projects/find-project.ts";
import { chosenContents, contentOptions } from "../../workflows/notes/chosen-contents.ts";
import { tellWritten, writtenDocument } from "../../workflows/notes/tell-written.ts";

export default defineCommand({
  summary: "Write git notes for all commits that have a ledger",
  details: "Of all that HEAD has, or of what was committed since a time.",
  args: {
    since: {
      type: "string",
      valueHint: "TIME",
      description: "only commits since this time",
      completes: "none",
    },
    ...contentOptions,
  },
  examples: [{ does: "this year's", line: "agent-trace notes backfill --since 2026-01-01" }],
  async run(context, { since, ...args }) {
    const microseconds = parseSince(since);
    const time = microseconds === undefined ? undefined : new Date(Number(microseconds / 1000n));
    const done = await backfillNotes(findProject(context), time, chosenContents(args));
    tellWritten(context.terminal, done);
    context.terminal.answer("notes-backfill", writtenDocument(done));
  },
});
