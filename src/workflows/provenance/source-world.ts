import type { CommittedFile, SourceText } from "../../attribution/claim-file.ts";
import type { Objects } from "../../git/open-objects.ts";
import type { Change } from "../../git/read-changes.ts";
import type { Commit } from "../../git/read-commit.ts";
import type { CommitSources } from "../../git/read-sources.ts";
import type { Git } from "../../git/run-git.ts";
import type { PendingClaim } from "../../schema/pending.ts";
import type { History } from "../../store/index/history.ts";
import type { Contents } from "./contents.ts";

/** What the search for the commits of which one was made needs. */
export interface SourceWorld {
  readonly git: Git;
  readonly history: History;
  readonly objects: Objects;
  readonly contents: Contents;
  readonly commit: Commit;
  readonly changes: readonly Change[];
  readonly origin: CommitSources;
}

/** A file some of whose added lines nobody claims yet: those of its telling lines by hash. */
export interface OpenFile {
  readonly file: CommittedFile;
  readonly hashes: ReadonlySet<string>;
}

/** Texts and claims found for a file, to be heard in this order. */
export interface FoundSources {
  readonly texts: SourceText[];
  found: Map<number, PendingClaim>;
}

/** How many telling lines of a branch must stand in a commit that nothing else ties to it, where all of them do, … */
export const tellingWhole = 3;
/** … or where only a part does, which a person may have written as well. */
export const tellingPart = 6;
