import { rowResources } from "../../schema/resource.ts";
import type { Warn } from "../files/json-file.ts";
import type { ProjectPaths } from "../files/paths.ts";
import { patienceOfExchanges } from "../index/database.ts";
import type { ProjectIndex } from "../index/project-index.ts";
import type { Rewrite } from "../transcripts/rewrite.ts";
import { Manifest } from "./manifest.ts";
import { importManifests } from "./manifest-entries.ts";
import { readNewestSnapshots } from "./newest-snapshots.ts";
import { openIndex } from "./open-index.ts";
import { fingerprint, readSyncState } from "./sync-state-file.ts";
import { SyncTransaction } from "./transaction.ts";

export interface SessionOptions {
  readonly remote: string;
  readonly warn: Warn;
  readonly now: () => Date;
  /** For who only looks: what was lost of `_index.json` is not written again. */
  readonly looksOnly?: boolean;
  /** How transcripts are rewritten before they may leave; undefined: not at all. */
  readonly rewrite?: Rewrite | undefined;
  /** Id of the rewriting that a push would do, for who looks and rewrites nothing. */
  readonly keptAs?: string | undefined;
}

/** One project's index and one remote, open for an exchange: what its rows, transcripts and memory share. */
export class Session implements Disposable {
  readonly project: ProjectPaths;
  readonly options: SessionOptions;
  readonly index: ProjectIndex;
  readonly manifest: Manifest;
  readonly transaction: SyncTransaction;

  constructor(project: ProjectPaths, options: SessionOptions) {
    this.project = project;
    this.options = options;
    this.index = openIndex(project, patienceOfExchanges);
    this.manifest = new Manifest(this.index);
    // Traces may be many: they are read when they are asked for.
    this.index.ask(["ledgers", "commit_links", "summaries"], () => this.#agree());
    this.transaction = new SyncTransaction(this.index, options);
  }

  /** Takes over what another tool, or a person, did to `sync-state.json` since we wrote it. */
  #agree(): void {
    const { project, manifest, options } = this;
    const path = project.syncState;
    const mark = fingerprint(path);
    const agreed = manifest.agreed("sync-state");
    if (agreed !== mark && !(agreed === undefined && mark === "missing")) {
      const states = readSyncState(project, options.warn);
      this.index.catchUp(rowResources);
      this.index.write(() => {
        importManifests(this.index, states);
        manifest.agree("sync-state", fingerprint(path));
        manifest.agree("unwritten", "");
      });
    }
    readNewestSnapshots(this.index, options.warn, { restore: options.looksOnly !== true });
  }

  [Symbol.dispose](): void {
    try {
      this.transaction.settle();
    } catch {
      // A failure that matters was thrown before; what is not settled is only asked for again.
    } finally {
      this.index[Symbol.dispose]();
    }
  }
}

/** A session as one remote is seen by it: by the name that it has, or as one that nothing is known of. */
export interface SessionView {
  readonly session: Session;
  /** The remote's number, 0 for one that nothing is known of: no fact bears that number. */
  readonly remote: number;
}

/** The remote of a session. It gets its number with the first fact that is noted of it. */
export function viewOf(session: Session): SessionView {
  const { manifest, options } = session;
  return {
    session,
    get remote() {
      return manifest.find(options.remote)?.number ?? 0;
    },
  };
}
