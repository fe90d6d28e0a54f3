export interface BatchLimits {
  readonly items: number;
  /** Of the request's body before compression. */
  readonly bytes: number;
}

/** Room for what surrounds the items in a body. */
export const envelope = 256;

/**
 * Where the batch ends that begins with the item at `start`: at the first item that no longer fits. An item that is
 * larger than a batch goes alone.
 */
export function endOfBatch(
  items: readonly { readonly bytes: number }[],
  start: number,
  limits: BatchLimits,
): number {
  let size = envelope;
  for (let at = start; at < items.length; at++) {
    size += (items[at]?.bytes ?? 0) + 2;
    if (at > start && (at - start >= limits.items || size > limits.bytes)) return at;
  }
  return items.length;
}
