/** How far a long piece of work has come; domain folders report it, the terminal draws it. */
export interface Progress {
  /** Such as `Pushing to origin`. */
  readonly title: string;
  /** What is counted, such as `traces`. */
  readonly unit: string;
  readonly done: number;
  readonly total: number | undefined;
  readonly bytes: number;
}

export type ReportProgress = (progress: Progress) => void;
