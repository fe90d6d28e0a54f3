import type { ReportProgress } from "../schema/progress.ts";
import type { SyncRemote, SyncStore } from "./ports.ts";

export interface PullWork {
  readonly store: SyncStore;
  readonly remote: SyncRemote;
  /** Microseconds since 1970: read from here instead of from the cursor, this time. */
  readonly since: bigint | undefined;
  /** Say what would be merged. The store is then opened read-only. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  readonly report: ReportProgress;
}
