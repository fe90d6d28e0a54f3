/** A run of lines that stand in both texts, 0-based. */
export interface Match {
  readonly before: number;
  readonly after: number;
  readonly length: number;
}

/**
 * Which lines of one text stand in the other: a longest common subsequence as runs in order (Myers, linear space).
 * Where two texts differ so much that the search would take long, a good common subsequence instead.
 */
export function matchLines(before: readonly string[], after: readonly string[]): Match[] {
  let start = 0;
  const shorter = Math.min(before.length, after.length);
  while (start < shorter && before[start] === after[start]) start++;
  let tail = 0;
  while (
    tail < shorter - start &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  ) {
    tail++;
  }
  const pairs: [number, number][] = [];
  const middle = commonLines(
    before.slice(start, before.length - tail),
    after.slice(start, after.length - tail),
  );
  if (middle.a.length > 0) search(middle.a, middle.b, pairs);
  const runs: Match[] = [];
  const add = (match: Match): void => {
    if (match.length === 0) return;
    const last = runs.at(-1);
    if (
      last !== undefined &&
      last.before + last.length === match.before &&
      last.after + last.length === match.after
    ) {
      runs[runs.length - 1] = { ...last, length: last.length + match.length };
    } else runs.push(match);
  };
  add({ before: 0, after: 0, length: start });
  for (const [x, y] of pairs) {
    add({ before: start + (middle.aAt[x] ?? 0), after: start + (middle.bAt[y] ?? 0), length: 1 });
  }
  add({ before: before.length - tail, after: after.length - tail, length: tail });
  return runs;
}

/** Above this many cells a table of common subsequences costs more than a hook may take. */
const tableCells = 250_000;

/**
 * As `matchLines`, for the inside of one edit: of several longest common subsequences the one whose lines stand
 * earliest. Who adds to a text repeats what stood there and goes on below it.
 */
export function matchEarliest(before: readonly string[], after: readonly string[]): Match[] {
  const width = after.length + 1;
  if ((before.length + 1) * width > tableCells) return matchLines(before, after);
  const common = new Int32Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const at = i * width + j;
      common[at] =
        before[i] === after[j]
          ? (common[at + width + 1] ?? 0) + 1
          : Math.max(common[at + width] ?? 0, common[at + 1] ?? 0);
    }
  }
  const matches: Match[] = [];
  for (let i = 0, j = 0; i < before.length && j < after.length;) {
    const at = i * width + j;
    if (before[i] === after[j]) matches.push({ before: i++, after: j++, length: 1 });
    else if ((common[at + width] ?? 0) >= (common[at + 1] ?? 0)) i++;
    else j++;
  }
  return matches;
}

interface Common {
  readonly a: Int32Array;
  readonly b: Int32Array;
  readonly aAt: readonly number[];
  readonly bAt: readonly number[];
}

const nothingCommon: Common = { a: new Int32Array(), b: new Int32Array(), aAt: [], bAt: [] };

/** Both sides as numbers, without the lines that only one of them has: those match nothing whatever is tried. */
function commonLines(before: readonly string[], after: readonly string[]): Common {
  if (before.length === 0 || after.length === 0) return nothingCommon;
  const inBefore = new Map<string, number>();
  for (const line of before) if (!inBefore.has(line)) inBefore.set(line, inBefore.size);
  const inAfter = new Set(after);
  const aAt: number[] = [];
  const bAt: number[] = [];
  before.forEach((line, index) => inAfter.has(line) && aAt.push(index));
  after.forEach((line, index) => inBefore.has(line) && bAt.push(index));
  return {
    a: Int32Array.from(aAt, (index) => inBefore.get(before[index] ?? "") ?? -1),
    b: Int32Array.from(bAt, (index) => inBefore.get(after[index] ?? "") ?? -1),
    aAt,
    bAt,
  };
}

/** Beyond this many edits a side, a split at the furthest point reached is taken instead of the best one. */
const patience = 1_500;

function search(a: Int32Array, b: Int32Array, pairs: [number, number][]): void {
  const size = a.length + b.length + 3;
  const forward = new Int32Array(2 * size);
  const backward = new Int32Array(2 * size);
  const solve = (aFrom: number, aTo: number, bFrom: number, bTo: number): void => {
    while (aFrom < aTo && bFrom < bTo && a[aFrom] === b[bFrom]) pairs.push([aFrom++, bFrom++]);
    let tail = 0;
    while (aFrom < aTo && bFrom < bTo && a[aTo - 1] === b[bTo - 1]) {
      aTo--;
      bTo--;
      tail++;
    }
    if (aFrom < aTo && bFrom < bTo) {
      const [x, y] = split(aFrom, aTo, bFrom, bTo);
      solve(aFrom, x, bFrom, y);
      solve(x, aTo, y, bTo);
    }
    for (let offset = 0; offset < tail; offset++) pairs.push([aTo + offset, bTo + offset]);
  };
  /** A point on a shortest edit path, found from both ends at once. */
  const split = (
    aFrom: number,
    aTo: number,
    bFrom: number,
    bTo: number,
  ): readonly [number, number] => {
    const n = aTo - aFrom;
    const m = bTo - bFrom;
    const delta = n - m;
    const odd = delta % 2 !== 0;
    forward[size + 1] = 0;
    backward[size + 1] = 0;
    for (let d = 0; ; d++) {
      let best: readonly [number, number] = [0, 0];
      for (let k = -d; k <= d; k += 2) {
        const down =
          k === -d || (k !== d && (forward[size + k - 1] ?? 0) < (forward[size + k + 1] ?? 0));
        let x = down ? (forward[size + k + 1] ?? 0) : (forward[size + k - 1] ?? 0) + 1;
        let y = x - k;
        if (x <= n && y <= m) {
          while (x < n && y < m && a[aFrom + x] === b[bFrom + y]) {
            x++;
            y++;
          }
          if (x + y > best[0] + best[1]) best = [x, y];
        }
        forward[size + k] = x;
        const opposite = delta - k;
        if (odd && opposite >= -(d - 1) && opposite <= d - 1) {
          if (x + (backward[size + opposite] ?? 0) >= n) return [aFrom + x, bFrom + y];
        }
      }
      if (d > patience) return [aFrom + best[0], bFrom + best[1]];
      for (let k = -d; k <= d; k += 2) {
        const up =
          k === -d || (k !== d && (backward[size + k - 1] ?? 0) < (backward[size + k + 1] ?? 0));
        let x = up ? (backward[size + k + 1] ?? 0) : (backward[size + k - 1] ?? 0) + 1;
        let y = x - k;
        if (x <= n && y <= m) {
          while (x < n && y < m && a[aTo - 1 - x] === b[bTo - 1 - y]) {
            x++;
            y++;
          }
        }
        backward[size + k] = x;
        const opposite = delta - k;
        if (!odd && opposite >= -d && opposite <= d) {
          if (x + (forward[size + opposite] ?? 0) >= n) return [aTo - x, bTo - y];
        }
      }
    }
  };
  solve(0, a.length, 0, b.length);
}
