import type { Resource } from "../schema/resource.ts";
import type { BatchAnswer } from "../schema/wire.ts";
import type { RemoteMemory } from "./ports.ts";

/** Where rows that were just sent stand in the remote's order. */
export interface PlaceFollower {
  /** Takes in what the answer to a batch says; batches may be answered in any order. */
  note(places: BatchAnswer["places"]): void;
  /**
   * Moves the cursor over the rows that were sent, as long as nothing of anybody else stands before them. Call once
   * they are acknowledged. Without it the next pull reads our own rows again, which costs time and changes nothing.
   */
  settle(): void;
}

export function followPlaces(
  memory: Pick<RemoteMemory, "cursor" | "advance">,
  resource: Resource,
): PlaceFollower {
  const known = new Map<string | null, string>();
  return {
    note(places) {
      if (places !== undefined) known.set(places.before, places.last);
    },
    settle() {
      const start = memory.cursor(resource);
      let cursor = start;
      for (;;) {
        const next = known.get(cursor);
        if (next === undefined) break;
        // Taken out, so that places which lead back to each other end as well.
        known.delete(cursor);
        cursor = next;
      }
      if (cursor !== null && cursor !== start) memory.advance(resource, cursor);
    },
  };
}
