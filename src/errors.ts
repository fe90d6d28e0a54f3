/**
 * Every failure a person can meet, and the exit code it ends with.
 * Anything thrown that is no `AppError` is a bug of ours and exits 70.
 * Source of the rule: docs/design.md, "Errors".
 */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  auth: 4,
  unreachable: 5,
  conflict: 6,
  partial: 8,
  bug: 70,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitName = keyof typeof exitCodes;

/** Stable codes, printed in `--json` answers; people search for them, so none is ever renamed. */
const codes = {
  usage: "usage",
  failed: "failed",
  not_a_repository: "failed",
  not_initialised: "failed",
  git_missing: "failed",
  git_failed: "failed",
  not_found: "failed",
  damaged_file: "failed",
  disk_full: "failed",
  permission_denied: "failed",
  no_attribution: "failed",
  policy_failed: "failed",
  no_remote: "failed",
  unknown_remote: "failed",
  invalid_url: "usage",
  invalid_slug: "usage",
  missing_token: "auth",
  invalid_token: "auth",
  unauthorized: "auth",
  forbidden: "auth",
  org_slug_mismatch: "auth",
  project_scope_mismatch: "auth",
  whoami_unauthorized: "auth",
  whoami_forbidden: "auth",
  whoami_failed: "unreachable",
  project_not_found: "failed",
  refused: "failed",
  unreachable: "unreachable",
  offline: "unreachable",
  redirected: "unreachable",
  invalid_answer: "unreachable",
  cursor_stuck: "failed",
  digest_mismatch: "failed",
  conflict: "conflict",
  partial: "partial",
  locked: "failed",
  newer_data: "failed",
  bug: "bug",
  interrupted: "interrupted",
  terminated: "terminated",
} as const satisfies Record<string, ExitName>;

export type ErrorCode = keyof typeof codes;

export interface AppErrorOptions {
  /** What the person can do about it, as a phrase without a final stop. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** The code to print where it is not ours to choose, such as a service's own `code`. */
  readonly label?: string;
  /** Facts for `--json`, such as the ids of refused items. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A failure with a stable code, a sentence that says what happened and a hint that says what to do. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly label: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.hint = options.hint;
    this.label = options.label ?? code;
    this.details = options.details ?? {};
  }

  get exitCode(): number {
    return exitCodes[codes[this.code]];
  }

  /** Whether typing the same command again later may succeed. */
  get retryable(): boolean {
    return codes[this.code] === "unreachable";
  }
}

/** The exit code for anything that was thrown. */
export function exitCodeOf(error: unknown): number {
  return error instanceof AppError ? error.exitCode : exitCodes.bug;
}

/** The `code` that Node-style errors carry, such as `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
