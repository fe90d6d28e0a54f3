/** Bytes of a stream that may lie about as used chunks. */
const collectAfter = 16 * 1024 * 1024;

/**
 * Counts the bytes of a stream that were passed on, and has them collected now and then: the engine alone would let
 * chunks pile up to more than this program's own size before it looks.
 */
export function countSpent(): (bytes: number) => void {
  let spent = 0;
  return (bytes) => {
    spent += bytes;
    if (spent < collectAfter) return;
    spent = 0;
    Bun.gc(true);
  };
}
