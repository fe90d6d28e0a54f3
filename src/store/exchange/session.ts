import { rowResources } from "../../schema/resource.ts";
import type { RemoteIdentity } from "../../schema/exchange.ts";
import { agree, agreement } from "./agreement.ts";
import { databaseFailure } from "../files/disk-failure.ts";
import { patienceOfExchanges } from "../index/database.ts";
import type { Warn } from "../files/json-file.ts";
import { readNewestSnapshots } from "./transcripts.ts";
import { Manifest } from "./manifest.ts";
import { exportManifest, importManifests } from "./manifest-entries.ts";
import type { ProjectPaths } from "../files/paths.ts";
import { ProjectIndex } from "../index/project-index.ts";
import { SyncTransaction } from "./transaction.ts";
import { fingerprint, readSyncState, writeSyncState } from "./sync-state-file.ts";

export interface SyncStoreOptions {
  readonly remote: string;
  /** Answer as ever and write nothing: the index is worked on in memory. */
  readonly dryRun: boolean;
  readonly warn: Warn;
  readonly now: () => Date;
}

/** A project's records and one remote: who it is, what it has, and when `sync-state.json` is told. */
export class SyncSession implements Disposable {
  protected readonly project: ProjectPaths;
  protected readonly options: SyncStoreOptions;
  protected readonly index: ProjectIndex;
  protected readonly manifest: Manifest;
  protected readonly transaction: SyncTransaction;
  #isDetached = false;

  constructor(project: ProjectPaths, options: SyncStoreOptions) {
    this.project = project;
    this.options = options;
    this.index = new ProjectIndex(project, patienceOfExchanges);
    this.index.ask(rowResources, () => this.#agree());
    this.manifest = new Manifest(this.index);
    this.transaction = new SyncTransaction(this.index, options);
  }

  protected get remote(): number {
    const known = this.manifest.find(this.options.remote);
    if (known !== undefined) return known.number;
    this.#detach();
    return this.manifest.number(this.options.remote);
  }

  /** A dry run that must write into the index goes on with a copy of it. */
  #detach(): void {
    if (!this.options.dryRun || this.#isDetached) return;
    this.index.moveToMemory();
    this.#isDetached = true;
  }

  protected get target(): { index: ProjectIndex; manifest: Manifest; remote: number } {
    return { index: this.index, manifest: this.manifest, remote: this.remote };
  }

  /** Takes over what another tool, or a person, did to `sync-state.json` since we wrote it. */
  #agree(): void {
    const path = this.project.syncState;
    const mark = fingerprint(path);
    const agreed = agreement(this.index, "sync-state");
    if (agreed !== mark && !(agreed === undefined && mark === "missing")) {
      const states = readSyncState(this.project, this.options.warn);
      this.index.write(() => {
        importManifests(this.index, states);
        agree(this.index, "sync-state", fingerprint(path));
        agree(this.index, "unwritten", "");
      });
    }
    readNewestSnapshots(this.index, this.options.warn, { restore: !this.options.dryRun });
  }

  identity(): RemoteIdentity | undefined {
    const known = this.manifest.find(this.options.remote);
    return known === undefined || known.url === null
      ? undefined
      : { url: known.url, epoch: known.epoch ?? undefined };
  }

  identify({ url, epoch }: RemoteIdentity): "unchanged" | "new" | "changed" {
    const name = this.options.remote;
    const known = this.manifest.find(name);
    const isOther =
      (known?.url ?? url) !== url ||
      (known?.epoch !== null && epoch !== undefined && (known?.epoch ?? epoch) !== epoch);
    const next = epoch ?? known?.epoch ?? undefined;
    if (
      known !== undefined &&
      !isOther &&
      known.url === url &&
      (known.epoch ?? undefined) === next
    ) {
      return "unchanged";
    }
    this.change(() => {
      if (isOther) this.manifest.forget(name);
      this.manifest.identify(name, url, isOther ? epoch : next);
    });
    if (known === undefined) return "new";
    return isOther ? "changed" : "unchanged";
  }

  protected change(run: () => void): void {
    this.#detach();
    this.transaction.change(run);
  }

  flush(): void {
    if (this.options.dryRun) return;
    this.transaction.settle();
    if ((agreement(this.index, "unwritten") ?? "") === "") return;
    const { remote, warn } = this.options;
    const path = this.project.syncState;
    const isOurs = (agreement(this.index, "sync-state") ?? "missing") === fingerprint(path);
    writeSyncState(this.project, new Map([[remote, exportManifest(this.index, remote)]]), warn);
    try {
      this.index.write(() => {
        // Where another tool wrote meanwhile, its word on other remotes is taken over by the next run.
        if (isOurs) agree(this.index, "sync-state", fingerprint(path));
        agree(this.index, "unwritten", "");
      });
    } catch (error) {
      throw databaseFailure(error, this.project.index);
    }
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
