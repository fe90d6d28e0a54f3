export interface BatchLimits {
  readonly items: number;
  /** Of the request's body before compression. */
  readonly bytes: number;
}

/** Room for what surrounds the items in a body. */
export const envelope = 256;

/** Cuts items into batches within both limits, in order. An item that is larger than a batch goes alone. */
export function cutBatches<Item extends { readonly bytes: number }>(
  items: readonly Item[],
  limits: BatchLimits,
): Item[][] {
  const batches: Item[][] = [];
  let batch: Item[] = [];
  let size = envelope;
  for (const item of items) {
    const more = item.bytes + 2;
    if (batch.length > 0 && (batch.length >= limits.items || size + more > limits.bytes)) {
      batches.push(batch);
      batch = [];
      size = envelope;
    }
    batch.push(item);
    size += more;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
