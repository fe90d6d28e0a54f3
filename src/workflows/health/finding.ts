/** One thing that `doctor` looked at. `fail` is wrong, `warn` is worth knowing. */
export interface Finding {
  readonly level: "ok" | "warn" | "fail";
  readonly area: "git" | "hooks" | "storage" | "configuration" | "remote" | "events";
  readonly message: string;
  /** What to do about it, or where to see more. */
  readonly fix?: string | undefined;
  /** A stable code, where there is one. */
  readonly code?: string | undefined;
  /** How `doctor --fix` mends it. Undefined where only the person can decide. */
  readonly mending?: Mending;
}

/** What a program can mend: hooks as `init` sets them up, and permissions that others have on our own files. */
export type Mending =
  | { readonly kind: "hooks" }
  | { readonly kind: "permissions"; readonly paths: readonly string[] };
