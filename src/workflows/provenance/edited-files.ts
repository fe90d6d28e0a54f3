import { resolve } from "node:path";
import { isBinary, isPointer } from "../../attribution/lines.ts";
import type { Environment } from "../../environment.ts";
import { AppError } from "../../errors.ts";
import { readRegularFile } from "../../foreign-file.ts";
import type { Repository } from "../../git/find-repository.ts";
import { readIgnored } from "../../git/read-status.ts";
import type { AgentEdit } from "../../schema/agent-event.ts";
import type { PendingFile } from "../../schema/pending.ts";
import { type PendingPlace, knownPending, readPending } from "../../store/pending.ts";

/** A file's bytes; nothing where there is none; undefined where lines mean nothing in it. */
export function readContent(
  repository: Repository,
  path: string,
  edits: readonly AgentEdit[] = [],
): Uint8Array | undefined {
  let content: Uint8Array | undefined;
  try {
    content = readRegularFile(resolve(repository.workTree, path));
  } catch (error) {
    // A pipe, a device or a directory has no lines, and is not waited for.
    if (error instanceof AppError && error.code === "damaged_file") return undefined;
    throw error;
  }
  if (content === undefined) {
    // Some agents tell before they write.
    const last = edits.at(-1);
    return Buffer.from(last?.kind === "write" ? (last.textAfter ?? "") : "");
  }
  return isBinary(content) || isPointer(content) ? undefined : content;
}

/** What is kept of a file; of one that the edit moved here, what is kept under its former name. */
export function heldFor(
  place: PendingPlace,
  path: string,
  edits: readonly AgentEdit[],
): { known: PendingFile | undefined; former: string | undefined } {
  const known = readPending(place, path);
  const moved = edits.find(({ movedFrom }) => movedFrom !== undefined);
  if (known !== undefined || moved?.movedFrom === undefined) return { known, former: undefined };
  // Both paths stand in the event in the same form.
  const depth = moved.path.length - path.length;
  const former = moved.movedFrom.slice(Math.max(depth, 0)).replaceAll("\\", "/");
  const held = moved.path.slice(depth) === path ? readPending(place, former) : undefined;
  if (held === undefined) return { known, former: undefined };
  return { known: { ...held, path }, former };
}

/**
 * Those of the paths that a commit may take one day. Of others nothing is kept, neither text nor hashes: what git passes
 * over holds secrets as often as not. Only paths of which nothing is kept yet cost a question to git.
 */
export async function committable(
  world: { readonly environment: Environment },
  { repository, place }: { repository: Repository; place: PendingPlace },
  paths: readonly string[],
): Promise<string[]> {
  const own = paths.filter((path) => !path.split("/").includes("node_modules"));
  const isHeld = knownPending(place) ?? (() => false);
  const fresh = own.filter((path) => !isHeld(path));
  if (fresh.length === 0) return own;
  const ignored = await readIgnored({ repository, environment: world.environment }, fresh);
  return own.filter((path) => !ignored.has(path));
}
