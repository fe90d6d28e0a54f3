/**
 * The same program with its writes in the wrong order: rows are noted as sent before they go, and a cursor is
 * advanced before its rows are on disk. Killed like the real one it must lose rows; else the test proves nothing.
 */
import { ProjectSyncStore } from "../../src/store/exchange/sync-store.ts";

const { prototype } = ProjectSyncStore;
const { texts, merge, flush } = prototype;
const late: (() => void)[] = [];
const cell = new Int32Array(new SharedArrayBuffer(4));

/** A kill is to find the moment between two steps, as it does sooner or later on a busy machine. */
function linger(): void {
  Atomics.wait(cell, 0, 0, 20);
}

prototype.texts = function (resource, candidates) {
  this.acknowledge(resource, candidates);
  linger();
  return texts.call(this, resource, candidates);
};
prototype.merge = function (resource, rows) {
  late.push(() => void merge.call(this, resource, rows));
  return { merged: rows.length, skipped: 0 };
};
prototype.flush = function () {
  flush.call(this);
  linger();
  for (const write of late.splice(0)) write();
};

await import("../../src/main.ts");
