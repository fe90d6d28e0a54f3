/** The fields of `config show|set|reset`, as people type them: dotted, in kebab-case. */
export interface ConfigField {
  readonly name: string;
  readonly meaning: string;
  readonly kind: "boolean" | "seconds" | "text";
  /** Where it is kept: with the project, or in the person's `config.json`. */
  readonly scope: "project" | "global";
  readonly fallback?: string;
}

export const configFields = [
  {
    name: "notes.enabled",
    meaning: "write attribution into git notes at each commit",
    kind: "boolean",
    scope: "project",
    fallback: "true",
  },
  {
    name: "notes.include-ledger",
    meaning: "put the lines that agents wrote into the note",
    kind: "boolean",
    scope: "project",
    fallback: "true",
  },
  {
    name: "notes.include-summary",
    meaning: "put the session's summary into the note",
    kind: "boolean",
    scope: "project",
    fallback: "false",
  },
  {
    name: "notes.include-prompts",
    meaning: "put what people asked of the agent into the note",
    kind: "boolean",
    scope: "project",
    fallback: "false",
  },
  {
    name: "notes.all-session-conversations",
    meaning:
      "name every conversation of the session in the note, also those without surviving lines",
    kind: "boolean",
    scope: "project",
    fallback: "false",
  },
  {
    name: "summary.enabled",
    meaning: "summarise sessions with `summary.command`",
    kind: "boolean",
    scope: "project",
    fallback: "false",
  },
  {
    name: "summary.command",
    meaning: "the command that reads a transcript on stdin and prints its summary",
    kind: "text",
    scope: "project",
  },
  {
    name: "summary.timeout-seconds",
    meaning: "seconds after which that command is stopped",
    kind: "seconds",
    scope: "project",
    fallback: "120",
  },
  {
    name: "remote.default",
    meaning: "the remote of `push`, `pull` and `sync` where none is named",
    kind: "text",
    scope: "project",
  },
  {
    name: "global.auth-token",
    meaning: "old: kept for old configurations, sync does not read it",
    kind: "text",
    scope: "global",
  },
  {
    name: "global.capture-detached-edits",
    meaning: "record edits of files that lie outside of the session's repository",
    kind: "boolean",
    scope: "global",
    fallback: "false",
  },
] as const satisfies readonly ConfigField[];

export type ConfigFieldName = (typeof configFields)[number]["name"];
