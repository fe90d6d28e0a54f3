/** Since 1970. Fits a double exactly until the year 2255. */
export type Microseconds = number;

export interface Project {
  readonly org_id: string;
  readonly project_id: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly created_at: Microseconds;
  /** Never given twice: a project that was deleted and made again has another one. */
  readonly number: number;
  /** Traces and conversations older than this go; null: nothing goes. */
  readonly keep_days: number | null;
}

export type NewProject = Omit<Project, "number" | "keep_days">;

/** One project of one org: what every row belongs to. */
export interface Tenant {
  readonly orgId: string;
  readonly projectId: string;
}
