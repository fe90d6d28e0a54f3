/** The fields of `config show|set|reset`, as people type them: dotted, in kebab-case. */
export interface ConfigField {
  readonly name: string;
  readonly meaning: string;
  readonly kind: "boolean" | "seconds" | "text" | "choice";
  /** What a choice can be. */
  readonly choices?: readonly string[];
  /** Where it is kept: with the project, or in the person's `config.json`. */
  readonly scope: "project" | "global";
  readonly fallback?: string;
  /** Kept for configurations of other programs and versions: it can be set, and nothing goes by it. */
  readonly isOld?: true;
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
    meaning: "summarise each session with `summary.command` when it ends",
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
    name: "redaction.enabled",
    meaning: "mask secrets in conversations before they leave this machine",
    kind: "boolean",
    scope: "project",
    fallback: "true",
  },
  {
    name: "redaction.allow",
    meaning:
      "values that are no secrets: their SHA-256, or patterns such as `/^test-/`, with commas between them",
    kind: "text",
    scope: "project",
  },
  {
    name: "redaction.rules",
    meaning: "a file with your own rules of what is a secret, in the format of gitleaks",
    kind: "text",
    scope: "project",
  },
  {
    name: "redaction.leave-out-bookkeeping",
    meaning:
      "leave what agents keep for themselves, such as system prompts and tool schemas, out of conversations that leave",
    kind: "boolean",
    scope: "project",
    fallback: "false",
  },
  {
    name: "push.commit-counts",
    meaning: "send which files commits changed, and how many lines they added, for the team's page",
    kind: "boolean",
    scope: "project",
    fallback: "true",
  },
  {
    name: "commit.trailer",
    meaning: "`assisted-by`: commits name the agents and models whose lines they add, in a trailer",
    kind: "choice",
    choices: ["assisted-by", "none"],
    scope: "project",
    fallback: "none",
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
    isOld: true,
  },
  {
    name: "global.capture-detached-edits",
    meaning:
      "old: agent-trace-cli records edits of files in no repository by it; here they are not recorded",
    kind: "boolean",
    scope: "global",
    fallback: "false",
    isOld: true,
  },
] as const satisfies readonly ConfigField[];

/** Whether nothing goes by a field any more. */
export function isOld(name: string): boolean {
  return configFields.some((field) => field.name === name && "isOld" in field);
}
