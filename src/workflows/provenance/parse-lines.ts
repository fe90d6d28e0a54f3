import { AppError } from "../../errors.ts";

/** Lines as people type them, `14`, `14-40` or `14,40`: 1-based and inclusive. Undefined where nothing is typed. */
export function parseLines(text: string | undefined): { start: number; end: number } | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d{1,9})(?:[-,](\d{1,9}))?$/.exec(text.trim());
  const start = Number(match?.[1] ?? 0);
  const end = Number(match?.[2] ?? start);
  if (match === null || start < 1 || end < start) {
    throw new AppError("usage", `\`${text}\` names no lines`, {
      hint: "write one number, or two as in `14-40`, the first line being 1",
    });
  }
  return { start, end };
}
