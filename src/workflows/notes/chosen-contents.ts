import type { ChosenContents } from "./rebuild-notes.ts";

/** Options by which one call says what goes into notes, whatever the settings say. */
export const contentOptions = {
  "include-ledger": {
    type: "boolean",
    description: "put the lines that agents wrote into the note",
    negativeDescription: "leave them out",
  },
  "include-summary": {
    type: "boolean",
    description: "put the sessions' summaries into the note",
    negativeDescription: "leave them out",
  },
  "include-prompts": {
    type: "boolean",
    description: "put what people asked of the agent into the note",
    negativeDescription: "leave it out",
  },
  "include-all-session-conversations": {
    type: "boolean",
    description: "name also conversations of which no line is left",
    negativeDescription: "leave them out",
  },
} as const;

export function chosenContents(
  args: Readonly<Partial<Record<keyof typeof contentOptions, boolean | undefined>>>,
): ChosenContents {
  return {
    ledger: args["include-ledger"],
    summary: args["include-summary"],
    prompts: args["include-prompts"],
    all_session_conversations: args["include-all-session-conversations"],
  };
}
