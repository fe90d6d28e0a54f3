/** How far a long piece of work has come; domain folders report it, the terminal draws it. */
export interface Progress {
  /** Such as `Pushing to origin`. */
  readonly title: string;
  /** What is counted, such as `traces`. */
  readonly unit: string;
  readonly done: number;
  readonly total: number | undefined;
  readonly bytes: number;
  /** All bytes that will go, where that is known: of few large things they tell more than their number. */
  readonly bytesTotal?: number | undefined;
}

export type ReportProgress = (progress: Progress) => void;
