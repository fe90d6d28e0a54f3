import { AppError, systemCode } from "../errors.ts";

const full = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);
const forbidden = new Set(["EACCES", "EPERM", "EROFS"]);

/** What the disk refused, as an error that says what to do. `doing` is a phrase such as `append to`. */
export function diskFailure(error: unknown, doing: string, path: string): AppError {
  if (error instanceof AppError) return error;
  const code = systemCode(error);
  const message = `cannot ${doing} \`${path}\``;
  if (code !== undefined && full.has(code)) {
    return new AppError("disk_full", `${message}: no space left`, {
      hint: "free some space and run the command again; nothing that was stored is lost",
      cause: error,
    });
  }
  if (code !== undefined && forbidden.has(code)) {
    return new AppError("permission_denied", `${message}: permission denied`, {
      hint: "make the directory yours and writable, or set `AGENT_TRACE_HOME` to another one",
      cause: error,
    });
  }
  return new AppError("failed", `${message}: ${code ?? String(error)}`, { cause: error });
}
