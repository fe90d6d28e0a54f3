import type { RemoteIdentity } from "../../schema/exchange.ts";
import { isSameEpoch } from "../../schema/epoch.ts";
import type { BlobId, ConversationId } from "../../schema/ids.ts";
import type { Resource } from "../../schema/resource.ts";
import { databaseFailure } from "../files/disk-failure.ts";
import { moveMissing } from "../transcripts/missing.ts";
import { exportManifest } from "./manifest-entries.ts";
import type { SessionView } from "./session.ts";
import { fingerprint, writeSyncState } from "./sync-state-file.ts";

/** Who a remote is, how far it was read, and which transcripts it has. */
export function createRemoteMemory(view: SessionView) {
  const { session } = view;
  const { manifest, transaction, project } = session;
  const name = session.options.remote;
  const change = (run: (remote: number) => void): void =>
    transaction.change(() => run(manifest.number(name)));

  function identity(): RemoteIdentity | undefined {
    const known = view.remote === 0 ? undefined : manifest.find(name);
    return known === undefined || known.url === null
      ? undefined
      : { url: known.url, epoch: known.epoch ?? undefined };
  }

  function identify({ url, epoch }: RemoteIdentity): "unchanged" | "new" | "changed" {
    const known = manifest.find(name);
    const isOther = known !== undefined && isAnother(known, { url, epoch });
    const before = known?.epoch ?? undefined;
    // The database's epoch alone tells less than the project's, which is kept.
    const next = before?.startsWith(`${epoch}.`) === true ? before : (epoch ?? before);
    const isSame = known?.url === url && (known.epoch ?? undefined) === next;
    if (isSame && !isOther) return "unchanged";
    transaction.change(() => {
      if (isOther) manifest.forget(name);
      manifest.identify(name, url, isOther ? epoch : next);
    });
    // All of its rows are read anew: they tell again what is not there.
    if (isOther) moveMissing(project, { from: name, to: undefined }, session.options.warn);
    if (known === undefined) return "new";
    return isOther ? "changed" : "unchanged";
  }

  function flush(): void {
    transaction.settle();
    if ((manifest.agreed("unwritten") ?? "") === "") return;
    const path = project.syncState;
    const isOurs = (manifest.agreed("sync-state") ?? "missing") === fingerprint(path);
    const entry = exportManifest(session.index, name);
    globalThis.failPoint?.("flush.begun");
    writeSyncState(project, new Map([[name, entry]]), session.options.warn);
    globalThis.failPoint?.("flush.written");
    try {
      session.index.write(() => {
        // Where another tool wrote meanwhile, its word on other remotes is taken over by the next run.
        if (isOurs) manifest.agree("sync-state", fingerprint(path));
        manifest.agree("unwritten", "");
      });
    } catch (error) {
      throw databaseFailure(error, project.index);
    }
  }

  return {
    identity,
    identify,
    /** Whatever was known of the remote is known no longer; who it is stays. */
    forget(): void {
      transaction.change(() => {
        const known = manifest.find(name);
        manifest.forget(name);
        if (known !== undefined && known.url !== null) {
          manifest.identify(name, known.url, known.epoch ?? undefined);
        }
      });
      moveMissing(project, { from: name, to: undefined }, session.options.warn);
    },
    cursor: (resource: Resource): string | null => manifest.cursor(view.remote, resource),
    advance: (resource: Resource, cursor: string): void =>
      transaction.gather(() => manifest.setCursor(manifest.number(name), resource, cursor)),
    noteBlob: (blob: BlobId): void => change((remote) => manifest.addBlob(remote, blob)),
    forgetBlob: (blob: BlobId): void => change((remote) => manifest.removeBlob(remote, blob)),
    notePointer: (conversation: ConversationId, blob: BlobId): void =>
      change((remote) => manifest.setPointer(remote, conversation, blob)),
    flush,
  };
}

/** Whether a name leads to another place, or to other data, than it did. */
export function isAnother(
  known: { readonly url: string | null; readonly epoch?: string | null | undefined },
  { url, epoch }: RemoteIdentity,
): boolean {
  if ((known.url ?? url) !== url) return true;
  const before = known.epoch ?? undefined;
  return before !== undefined && epoch !== undefined && !isSameEpoch(before, epoch);
}
