import { type Static, Type } from "@sinclair/typebox";

/** `config.json`: settings of this person on this machine, tokens among them. */
export const GlobalConfig = Type.Object({
  tokens: Type.Optional(Type.Record(Type.String(), Type.String())),
  /** The scheme, host and port that each token may be sent to. */
  token_origins: Type.Optional(Type.Record(Type.String(), Type.String())),
  auth_token: Type.Optional(Type.String()),
  capture_detached_edits: Type.Optional(Type.Boolean()),
});

/** `project-config.json`: its existence means that the project is initialised. */
export const ProjectConfig = Type.Object({
  notes: Type.Optional(
    Type.Partial(
      Type.Object({
        enabled: Type.Boolean(),
        include_ledger: Type.Boolean(),
        include_summary: Type.Boolean(),
        include_prompts: Type.Boolean(),
        all_session_conversations: Type.Boolean(),
      }),
    ),
  ),
  summary: Type.Optional(
    Type.Partial(
      Type.Object({
        enabled: Type.Boolean(),
        command: Type.Union([Type.String(), Type.Null()]),
        timeout_seconds: Type.Number(),
      }),
    ),
  ),
  redaction: Type.Optional(
    Type.Partial(
      Type.Object({
        enabled: Type.Boolean(),
        allow: Type.String(),
        rules: Type.String(),
        leave_out_bookkeeping: Type.Boolean(),
      }),
    ),
  ),
  push: Type.Optional(Type.Object({ commit_counts: Type.Optional(Type.Boolean()) })),
  remote: Type.Optional(Type.Object({ default: Type.Optional(Type.String()) })),
  commit: Type.Optional(Type.Object({ trailer: Type.Optional(Type.String()) })),
});

/** One entry of `projects.json`, the registry of local projects. */
export const RegisteredProject = Type.Object({
  first_commit_sha: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  origin_url: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  canonical_root: Type.Optional(Type.String()),
  known_roots: Type.Optional(Type.Array(Type.String())),
  created_at: Type.Optional(Type.String()),
});

export const ProjectRegistry = Type.Object({
  version: Type.Integer(),
  projects: Type.Record(Type.String(), RegisteredProject),
});

const NullableText = Type.Optional(Type.Union([Type.String(), Type.Null()]));

/**
 * One entry of `remotes.json`. It holds where the secret is; earlier programs also wrote the secret itself. The URL
 * says all the rest, which is written for other readers of the file.
 */
export const Remote = Type.Object({
  url: Type.String(),
  base_url: NullableText,
  org_slug: NullableText,
  project_slug: NullableText,
  /** `none`: conversations do not go there. A word that is not known counts as that. */
  transcripts: Type.Optional(Type.String()),
  auth: Type.Optional(
    Type.Union([Type.Object({ type: NullableText, token_ref: NullableText }), Type.Null()]),
  ),
});

/** `remotes.json`. Each entry is checked by itself, so that a bad one does not take the others along. */
export const Remotes = Type.Record(Type.String(), Remote);

export type GlobalConfig = Static<typeof GlobalConfig>;
export type ProjectConfig = Static<typeof ProjectConfig>;
export type RegisteredProject = Static<typeof RegisteredProject>;
export type ProjectRegistry = Static<typeof ProjectRegistry>;
export type Remote = Static<typeof Remote>;
export type Remotes = Static<typeof Remotes>;
