/** What the team page shows: the answers of `/team/…`. Times are RFC 3339 in UTC. */

/** Who is looking. `role` null: nobody has logged in. */
export interface TeamSession {
  readonly role: "member" | "admin" | null;
  readonly org?: string;
  readonly name?: string;
  /** The one project that the token is for; null: all of the org. */
  readonly project?: string | null;
  /** Whether the org shows tables by person. */
  readonly people?: boolean;
  readonly logs_out?: boolean;
}

export interface TeamProject {
  readonly project: string;
  readonly commits: number;
  readonly conversations: number;
  /** Lines in ledgers. */
  readonly lines: number;
  readonly last: string | null;
}

/** What stands beside the sums of a report. */
export interface TeamRange {
  readonly range: {
    readonly from: string | null;
    readonly to: string | null;
    /** Of the commits' times; `until` is not in it. */
    readonly since: string | null;
    readonly until: string | null;
  };
  /** Commits of which only the ledger is here: how many lines they added was not sent. */
  readonly uncounted: { readonly commits: number; readonly ai: number };
  /** Commits before those of the range that were not sent, so that nobody knows whether they belong to it. */
  readonly gaps: number;
}

export interface TeamConversation {
  readonly id: string;
  readonly agent: string | null;
  readonly model: string | null;
  readonly first: string | null;
  readonly last: string | null;
  readonly edits: number;
  readonly files: number;
  readonly lines: number;
  /** What was asked first, else a summary. */
  readonly about: string | null;
  readonly kept: boolean;
  /** Only where the org shows people. */
  readonly person?: string | null;
}

export interface TeamConversations {
  readonly conversations: readonly TeamConversation[];
  /** Transcripts that were not looked into yet. */
  readonly unread: number;
}

export interface TeamFindings extends TeamConversations {
  readonly files: readonly { readonly path: string; readonly last: string | null }[];
  readonly commits: readonly { readonly sha: string; readonly committed_at: string | null }[];
}

/** What is known of a file: the latest commits that changed it, and the conversations behind lines of it. */
export interface TeamFile extends TeamConversations {
  readonly path: string;
  readonly commits: readonly {
    readonly sha: string;
    readonly committed_at: string | null;
    readonly added: number | null;
    readonly ai: number;
  }[];
}

export interface TeamPerson {
  readonly person: string;
  readonly conversations: number;
  readonly edits: number;
  readonly lines: number;
  readonly last: string | null;
}

export interface TeamOrg {
  readonly org: string;
  readonly name: string;
  readonly people: boolean;
  readonly tokens: readonly {
    readonly id: string;
    readonly prefix: string;
    readonly name: string | null;
    readonly project: string | null;
    readonly scopes: readonly string[];
    readonly created_at: string;
    readonly last_used_at: string | null;
    readonly expires_at: string | null;
    readonly state: "live" | "revoked" | "expired";
  }[];
  readonly storage: {
    readonly blobs: number;
    readonly bytes: number;
    readonly segments: number;
    readonly projects: readonly {
      readonly project: string;
      readonly rows: number;
      readonly bytes: number;
      readonly last_push: string | null;
    }[];
  };
}

export interface TeamAct {
  readonly at: string;
  readonly org: string;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
}
