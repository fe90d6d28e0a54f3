import { AppError, systemCode } from "../../errors.ts";

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

/** Does something with a file. Where the disk refuses, it throws what `diskFailure` makes of it. */
export function onDisk<T>(doing: string, path: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw diskFailure(error, doing, path);
  }
}

const databaseCodes: Readonly<Record<string, string>> = {
  SQLITE_FULL: "ENOSPC",
  SQLITE_READONLY: "EROFS",
  SQLITE_PERM: "EACCES",
  SQLITE_CANTOPEN: "EACCES",
  SQLITE_IOERR: "EIO",
};

/** As `diskFailure`, for errors of SQLite. Other errors are given back as they are. */
export function databaseFailure(error: unknown, path: string): unknown {
  const code = systemCode(error);
  if (code === undefined || !code.startsWith("SQLITE_")) return error;
  if (code.startsWith("SQLITE_BUSY")) {
    return new AppError("locked", `\`${path}\` is locked by another process`, {
      hint: "look for an agent-trace process that is stopped, and end it",
      cause: error,
    });
  }
  const [name] = Object.keys(databaseCodes).filter((known) => code.startsWith(known));
  if (name === undefined) return error;
  return diskFailure({ code: databaseCodes[name] }, "write to", path);
}
