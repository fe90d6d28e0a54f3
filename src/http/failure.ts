import { systemCode } from "../errors.ts";
import { HttpError, toResponse } from "./http-error.ts";

/** What the caller learns of a failure on our side: whether to come back, never what broke. */
export function failureResponse(error: unknown): Response {
  const code = systemCode(error) ?? "";
  if (/^SQLITE_(?:BUSY|LOCKED)/.test(code)) {
    return toResponse(
      new HttpError(503, "busy", "the database is busy; try again", {
        headers: { "Retry-After": "1" },
      }),
    );
  }
  // The database's server is away, stops or starts.
  const state = (error as { errno?: unknown } | null)?.errno;
  if (
    /^ERR_POSTGRES_|^ECONN/.test(code) &&
    (code !== "ERR_POSTGRES_SERVER_ERROR" || isAway(state))
  ) {
    return toResponse(
      new HttpError(503, "database_unavailable", "the database does not answer; try again", {
        headers: { "Retry-After": "2" },
      }),
    );
  }
  if (["ENOSPC", "EDQUOT", "SQLITE_FULL"].includes(code)) {
    return toResponse(new HttpError(507, "storage_full", "the service has no space left"));
  }
  return toResponse(new HttpError(500, "internal", "something broke on the service's side"));
}

function isAway(state: unknown): boolean {
  return typeof state === "string" && /^(?:57P0[123]|08...|53...|40...)$/.test(state);
}
