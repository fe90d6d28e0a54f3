/** So many bytes of used chunks may wait for the garbage collector. */
const collectAfter = 16 * 1024 * 1024;

/**
 * Counts the bytes of a stream that were passed on, and now and then has the garbage collector run. By itself the engine
 * would let used chunks pile up to more than the rest of this program.
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
