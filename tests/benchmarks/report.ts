/** One figure beside its goal. A goal is kept, missed, or only told where it depends on the machine. */
export interface Figure {
  readonly name: string;
  readonly measured: string;
  readonly floor?: string;
  readonly goal?: string;
  readonly met?: boolean;
}

export function print(title: string, figures: readonly Figure[]): void {
  const rows = figures.map((figure) => [
    figure.name,
    figure.measured,
    figure.floor ?? "",
    figure.goal ?? "",
    figure.met === undefined ? "" : figure.met ? "met" : "MISSED",
  ]);
  const all = [["", "measured", "floor of this run", "goal", ""], ...rows];
  const widths = all[0]?.map((_, column) =>
    Math.max(...all.map((row) => row[column]?.length ?? 0)),
  );
  console.log(`\n${title}`);
  for (const row of all) {
    console.log(
      `  ${row.map((cell, column) => cell.padEnd(widths?.[column] ?? 0)).join("  ")}`.trimEnd(),
    );
  }
}

export const ms = (value: number): string => `${value.toFixed(1)} ms`;
export const mib = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
export const perSecond = (count: number, milliseconds: number): string =>
  `${Math.round((count / milliseconds) * 1000).toLocaleString("en-US")}/s`;
export const ratio = (value: number, floor: number): string =>
  `${(value / floor).toFixed(2)} × floor`;
