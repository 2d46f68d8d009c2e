/** @file Adjacency matrices as this package needs them: symmetric, rows ascending, without loops and repeated entries. */

/** A sparse matrix with ascending rows and no repeated entries; `weights` is null where all are 1. */
export interface Adjacency {
  readonly order: number;
  /** shape [order + 1] */
  readonly offsets: Int32Array;
  /** shape [entries] */
  readonly targets: Int32Array;
  /** shape [entries] */
  readonly weights: Float64Array | null;
}

/** Entries in any order: row, column, and a weight where they have one. */
export interface Entries {
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  readonly weights: Float64Array | null;
}

function offsetsOf(keys: Int32Array, order: number): Int32Array {
  const offsets = new Int32Array(order + 1);
  for (const key of keys) offsets[key + 1]!++;
  for (let i = 0; i < order; i++) offsets[i + 1]! += offsets[i]!;
  return offsets;
}

/** A stable counting sort by `keys`. */
function sortBy(keys: Int32Array, { rows, columns, weights }: Entries, order: number): Entries {
  const next = offsetsOf(keys, order);
  const sorted = {
    rows: new Int32Array(rows.length),
    columns: new Int32Array(rows.length),
    weights: weights && new Float64Array(rows.length),
  };
  for (let e = 0; e < rows.length; e++) {
    const at = next[keys[e]!]!++;
    sorted.rows[at] = rows[e]!;
    sorted.columns[at] = columns[e]!;
    if (weights) sorted.weights![at] = weights[e]!;
  }
  return sorted;
}

/** Merges entries of the same place: weights by `merge`, without weights to one. Loops are dropped. */
export function adjacencyOf(
  entries: Entries,
  order: number,
  merge: (a: number, b: number) => number,
): Adjacency {
  const byColumn = sortBy(entries.columns, entries, order);
  const { rows, columns, weights } = sortBy(byColumn.rows, byColumn, order);
  let size = 0;
  for (let e = 0; e < rows.length; e++) {
    if (rows[e] === columns[e]) continue;
    const isRepeat = size > 0 && rows[size - 1] === rows[e] && columns[size - 1] === columns[e];
    if (isRepeat && weights) weights[size - 1] = merge(weights[size - 1]!, weights[e]!);
    if (isRepeat) continue;
    rows[size] = rows[e]!;
    columns[size] = columns[e]!;
    if (weights) weights[size] = weights[e]!;
    size++;
  }
  return {
    order,
    offsets: offsetsOf(rows.subarray(0, size), order),
    targets: columns.slice(0, size),
    weights: weights?.slice(0, size) ?? null,
  };
}

/** Each entry and its mirror image. */
export function withMirrors({ rows, columns, weights }: Entries): Entries {
  const twice = <T extends Int32Array | Float64Array>(a: T, b: T): T => {
    const both = new (a.constructor as new (length: number) => T)(a.length + b.length);
    both.set(a);
    both.set(b, a.length);
    return both;
  };
  return {
    rows: twice(rows, columns),
    columns: twice(columns, rows),
    weights: weights && twice(weights, weights),
  };
}

/** Row of each entry. */
export function rowsOf({ order, offsets }: Pick<Adjacency, "order" | "offsets">): Int32Array {
  const rows = new Int32Array(offsets[order]!);
  for (let i = 0; i < order; i++) rows.fill(i, offsets[i]!, offsets[i + 1]!);
  return rows;
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
