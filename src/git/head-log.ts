import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import type { Repository } from "./find-repository.ts";

/** One step of HEAD, as git wrote it down. */
export interface HeadStep {
  readonly before: string;
  readonly after: string;
  /** In seconds since 1970. */
  readonly at: number;
  /** Such as `commit (amend): words`, `pull: Fast-forward`, `checkout: moving from a to b`; may be empty. */
  readonly action: string;
}

const mostBytes = 1024 * 1024;

/** The last steps of a work tree's HEAD, oldest first: from a byte of the log on, or what fits into 1 MiB. */
export function readHeadLog({ gitDir }: Repository, from = 0): HeadStep[] {
  let descriptor: number;
  try {
    descriptor = openSync(join(gitDir, "logs", "HEAD"), "r");
  } catch {
    return [];
  }
  try {
    const { size } = fstatSync(descriptor);
    const start = Math.max(size - mostBytes, from <= size ? from : 0);
    const bytes = Buffer.alloc(size - start);
    readSync(descriptor, bytes, 0, bytes.length, start);
    return bytes
      .toString("utf8")
      .split("\n")
      .flatMap((line) => {
        const [, before = "", after = "", at, action = ""] =
          /^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) [^\t]*?(?: (\d+) [-+]\d+)?(?:\t(.*))?$/.exec(
            line,
          ) ?? [];
        return after === "" ? [] : [{ before, after, at: Number(at ?? 0), action }];
      });
  } finally {
    closeSync(descriptor);
  }
}

/** Steps that brought HEAD to a commit which was there before, or came from elsewhere. */
const moves =
  /^(?:checkout|reset|clone|Branch|bisect|fetch)\b|: Fast-forward$|: fast-forward$|^rebase(?: \([a-z-]+\))* ?\((?:start|finish|abort|reset)\)|^rebase: checkout|^rebase (?:finished|aborting)/;

/** Whether the step made the commit that it went to. */
export function makesCommit({ action }: HeadStep): boolean {
  return !moves.test(action);
}
