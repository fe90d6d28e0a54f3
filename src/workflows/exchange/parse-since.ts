import { AppError } from "../../errors.ts";
import { parseTime } from "../../schema/time.ts";

/** The value of `--since` in microseconds since 1970. */
export function parseSince(text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  const time = parseTime(text);
  if (time !== undefined) return time;
  throw new AppError("usage", `\`${text}\` is no ISO-8601 time`, {
    hint: "write `--since 2026-02-10` or `--since 2026-02-10T12:00:00Z`",
  });
}
