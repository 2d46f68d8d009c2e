/** @file Adjacency matrices as this package needs them: symmetric, rows ascending, without loops and repeated entries. */

/** A sparse matrix; `weights` is null where all are 1. */
export interface Adjacency {
  readonly order: number;
  /** shape [order + 1] */
  readonly offsets: Int32Array;
  /** shape [entries] */
  readonly targets: Int32Array;
  /** shape [entries] */
  readonly weights: Float64Array | null;
}

function offsetsOf(keys: Int32Array, order: number): Int32Array {
  const offsets = new Int32Array(order + 1);
  for (let e = 0; e < keys.length; e++) offsets[keys[e]! + 1]!++;
  for (let i = 0; i < order; i++) offsets[i + 1]! += offsets[i]!;
  return offsets;
}

/** Rows from edges in any order; within a row they keep their order. */
export function rowsFromEdges(
  order: number,
  from: Int32Array,
  to: Int32Array,
  weights: Float64Array | null,
): Adjacency {
  const offsets = offsetsOf(from, order);
  const next = offsets.slice();
  const rows = {
    order,
    offsets,
    targets: new Int32Array(from.length),
    weights: weights && new Float64Array(from.length),
  };
  for (let e = 0; e < from.length; e++) {
    const at = next[from[e]!]!++;
    rows.targets[at] = to[e]!;
    if (weights) rows.weights![at] = weights[e]!;
  }
  return rows;
}

/** The transposed matrix. Its rows ascend, with repeated entries adjacent. */
function transposed({ order, offsets, targets, weights }: Adjacency): Adjacency {
  const back = offsetsOf(targets, order);
  const next = back.slice();
  const mirror = {
    order,
    offsets: back,
    targets: new Int32Array(targets.length),
    weights: weights && new Float64Array(targets.length),
  };
  for (let i = 0; i < order; i++)
    for (let e = offsets[i]!; e < offsets[i + 1]!; e++) {
      const at = next[targets[e]!]!++;
      mirror.targets[at] = i;
      if (weights) mirror.weights![at] = weights[e]!;
    }
  return mirror;
}

function isAscending({ order, offsets, targets }: Adjacency): boolean {
  for (let i = 0; i < order; i++)
    for (let e = offsets[i]! + 1; e < offsets[i + 1]!; e++)
      if (targets[e - 1]! > targets[e]!) return false;
  return true;
}

/** Iterates over one row, summing the weights of entries with the same target. */
function createCursor({ offsets, targets, weights }: Adjacency) {
  let [at, end] = [0, 0];
  return {
    open(row: number): void {
      at = offsets[row]!;
      end = offsets[row + 1]!;
    },
    /** The next target, +∞ at the row's end. */
    next: (): number => (at < end ? targets[at]! : Number.POSITIVE_INFINITY),
    /** Moves past the entries of this target and returns their sum. */
    take(target: number): number {
      let sum = 0;
      for (; at < end && targets[at] === target; at++) sum += weights ? weights[at]! : 1;
      return sum;
    },
  };
}

/**
 * Makes a matrix symmetric and drops loops. Repeated entries are added; an entry and its mirror image are combined. Without
 * weights an entry is either present or absent.
 */
export function symmetric(
  given: Adjacency,
  combine: (entry: number, mirror: number) => number,
): Adjacency {
  const mirror = transposed(given);
  const ascending = isAscending(given) ? given : transposed(mirror);
  const { order } = given;
  const offsets = new Int32Array(order + 1);
  const targets = new Int32Array(2 * given.targets.length);
  const weights = given.weights && new Float64Array(targets.length);
  const [own, back] = [createCursor(ascending), createCursor(mirror)];
  let size = 0;
  for (let i = 0; i < order; i++) {
    own.open(i);
    back.open(i);
    for (;;) {
      const j = Math.min(own.next(), back.next());
      if (j === Number.POSITIVE_INFINITY) break;
      const weight = combine(own.take(j), back.take(j));
      if (j === i) continue;
      targets[size] = j;
      if (weights) weights[size] = weight;
      size++;
    }
    offsets[i + 1] = size;
  }
  return {
    order,
    offsets,
    targets: targets.slice(0, size),
    weights: weights?.slice(0, size) ?? null,
  };
}

/** Whether rows are strictly ascending, without loops, and every entry has an equal mirror image. One pass. */
export function isCanonical({ order, offsets, targets, weights }: Adjacency): boolean {
  const cursor = offsets.slice(0, order);
  for (let i = 0; i < order; i++) {
    for (let e = offsets[i]!; e < offsets[i + 1]!; e++) {
      const j = targets[e]!;
      if (j === i || (e > offsets[i]! && targets[e - 1]! >= j)) return false;
      // Rows are visited in ascending order, so in row j the next unvisited entry must be i.
      const mirror = cursor[j]!++;
      if (mirror >= offsets[j + 1]! || targets[mirror] !== i) return false;
      if (weights && weights[mirror] !== weights[e]) return false;
    }
  }
  return true;
}
