import { join } from "node:path";
import { ForeignLines } from "../../../attribution/disown.ts";
import { decodeText, splitLines } from "../../../attribution/lines.ts";
import { readRegularFile } from "../../../foreign-file.ts";
import type { Objects } from "../../../git/open-objects.ts";
import { readChanges } from "../../../git/read-changes.ts";
import type { Git } from "../../../git/run-git.ts";
import { type GitSources, findSources } from "./git-texts.ts";

const merging = /\b(merge|pull|rebase|cherry-pick|revert|stash|am)\b/;
/** Each costs a run of git, which compares two trees. */
const mostTrees = 8;

/**
 * Lines that git may have put into a file out of one with another name: where it merges, it follows renames. `lines` are
 * by the present path. Asked only of commits that the command names, or that git is at work with.
 */
export class RenamedTexts {
  readonly #git: Git;
  readonly #objects: Objects;
  readonly #sources: GitSources;
  /** The tip of the branch that was merged last, while that is not committed. */
  readonly #squashed: string | undefined;
  #renames: Promise<Map<string, string[]>> | undefined;

  constructor(git: Git, objects: Objects, sources: GitSources) {
    this.#git = git;
    this.#objects = objects;
    this.#sources = sources;
    const message = readRegularFile(join(git.repository.gitDir, "SQUASH_MSG"))?.toString() ?? "";
    this.#squashed = /^commit ([0-9a-f]{40,64})$/m.exec(message)?.[1];
  }

  async lines(path: string): Promise<ForeignLines> {
    const lines = new ForeignLines();
    // At a hook of git's the command line is not known. Of what runs one, a squash alone leaves lines uncommitted.
    const { command } = this.#sources;
    const mayMerge = command === undefined ? this.#squashed !== undefined : merging.test(command);
    if (!mayMerge) return lines;
    this.#renames ??= this.#findRenames();
    for (const id of (await this.#renames).get(path) ?? []) {
      const blob = await this.#objects.read(id);
      if (blob?.type === "blob") lines.add(splitLines(decodeText(blob.content)));
    }
    return lines;
  }

  /** By path in HEAD: the blobs that it has in those commits under another name. */
  async #findRenames(): Promise<Map<string, string[]>> {
    const former = [this.#squashed, ...this.#sources.former];
    const sources = { ...this.#sources, former, isNamedOnly: true };
    const commits = await findSources(this.#git, this.#objects, sources);
    const blobs = new Map<string, string[]>();
    for (const commit of commits.slice(0, mostTrees)) {
      // Where objects are missing, as in a partial clone, git cannot have merged them either.
      const changes = await readChanges(this.#git, { from: commit, to: "HEAD" }).catch(() => []);
      for (const { status, path, oldBlob } of changes) {
        if (status !== "renamed" || oldBlob === undefined) continue;
        blobs.set(path, [...(blobs.get(path) ?? []), oldBlob]);
      }
    }
    return blobs;
  }
}
