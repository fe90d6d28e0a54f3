import { linkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AppError, systemCode } from "../errors.ts";
import { readForeignFile } from "../foreign-file.ts";
import { type ProjectId, isProjectId } from "../schema/ids.ts";
import type { Repository } from "./find-repository.ts";

/** The file that ties a repository to its local project; linked work trees share it, a moved repository keeps it. */
export function anchorPath(repository: Repository): string {
  return join(repository.commonDir, "agent-trace-id");
}

/**
 * The local project id of a repository; undefined where `init` was never run.
 * It names a directory, so what is neither of our making nor known (`isKnown`: ids that older stores made from
 * a path, in `projects.json`) is an error and becomes no path.
 */
export function readAnchor(
  repository: Repository,
  isKnown: (id: string) => boolean,
): ProjectId | undefined {
  const file = anchorPath(repository);
  const content = readForeignFile(file, { limit: 64 * 1024 });
  if (content === undefined) return undefined;
  const text = content.toString("utf8").trim();
  if (isProjectId(text)) return text;
  const isName = /^[^/\\\0]{1,255}$/.test(text) && text !== "." && text !== "..";
  if (isName && isKnown(text)) return text as ProjectId;
  throw new AppError("damaged_file", `\`${file}\` does not hold the id of a known project`, {
    hint: `delete that file and run \`agent-trace init\`; records under the lost id stay where they are`,
  });
}

/**
 * Gives a repository its id. Of several that do so at once one wins and all return its id: the file appears
 * whole under its name or not at all.
 */
export function createAnchor(repository: Repository): ProjectId {
  const id = `at-${randomHex(16)}` as ProjectId;
  const file = anchorPath(repository);
  const temporary = `${file}.${randomHex(6)}.tmp`;
  try {
    writeFileSync(temporary, `${id}\n`, { flag: "wx", flush: true });
  } catch (error) {
    throw new AppError("permission_denied", `cannot write \`${file}\``, {
      hint: "make the repository yours and writable, then run the command again",
      cause: error,
    });
  }
  try {
    linkSync(temporary, file);
    return id;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return readAnchor(repository, () => false) ?? id;
    // A file system without hard links: creating exclusively is the next best.
    writeFileSync(file, `${id}\n`, { flag: "wx", flush: true });
    return id;
  } finally {
    unlinkSync(temporary);
  }
}

/** Not by `node:crypto`: loading that alone takes a hook, which reads anchors, more time than all its work. */
function randomHex(bytes: number): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString("hex");
}
