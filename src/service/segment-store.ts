/**
 * Where bytes are kept: immutable pieces under names that are never given twice. Which of them make up a blob, and who
 * may see that, `Records` knows. tests/contract/segment-store.ts says what an implementation must do.
 */
export interface SegmentStore {
  /** Durable on return; nothing is kept of what fails. */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** The bytes as they come, from one of them on; undefined where there is no such segment. */
  read(name: string, from: number): Promise<ReadableStream<Uint8Array> | undefined>;
  /** Those of the names that are certainly not here, as far as that can be told cheaply. */
  lost(names: readonly string[]): Promise<Set<string>>;
  /** Not there is fine. */
  delete(name: string): Promise<void>;
  /** All names, with the time at which each was written, in milliseconds; those of half-written ones not. */
  list(): AsyncIterable<{ readonly name: string; readonly at: number }>;
  /** Throws where nothing can be read or written. */
  ping(): Promise<void>;
}
