/** @file The same quantities by dense matrices, as the formulas are written. */

export type Matrix = number[][];

const zeros = (n: number): Matrix => Array.from({ length: n }, () => new Array<number>(n).fill(0));

/** Gauss–Jordan with partial pivoting. */
export function inverse(matrix: Matrix): Matrix {
  const n = matrix.length;
  const a = matrix.map((row, i) => [...row, ...row.map((_, j) => Number(i === j))]);
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k; i < n; i++) if (Math.abs(a[i]![k]!) > Math.abs(a[pivot]![k]!)) pivot = i;
    [a[k], a[pivot]] = [a[pivot]!, a[k]!];
    const scale = a[k]![k]!;
    a[k] = a[k]!.map((value) => value / scale);
    for (let i = 0; i < n; i++) {
      const factor = a[i]![k]!;
      if (i !== k && factor !== 0) a[i] = a[i]!.map((value, j) => value - factor * a[k]![j]!);
    }
  }
  return a.map((row) => row.slice(n));
}

export interface DenseOptions {
  restart?: number;
  normalization?: "symmetric" | "row";
  selfLoops?: boolean;
}

/** restart·(I − (1 − restart)·Â)^(−1) of a symmetric matrix without diagonal. */
export function influence(
  weights: Matrix,
  { restart = 0.15, normalization = "symmetric", selfLoops = true }: DenseOptions = {},
): Matrix {
  const n = weights.length;
  const a = weights.map((row, i) => {
    const isIsolated = row.every((value) => value === 0);
    return row.map((value, j) => (i === j && (selfLoops || isIsolated) ? 1 : value));
  });
  const degrees = a.map((row) => row.reduce((x, y) => x + y, 0));
  const system = zeros(n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      const scale =
        normalization === "symmetric" ? Math.sqrt(degrees[i]! * degrees[j]!) : degrees[i]!;
      system[i]![j] = Number(i === j) - ((1 - restart) * a[i]![j]!) / scale;
    }
  return inverse(system).map((row) => row.map((value) => value * restart));
}

/** T_v of the labelled nodes, summed over all nodes as the definition does. */
export function totoroOf(rows: Matrix, labels: readonly number[]): number[] {
  const classes = [...new Set(labels)];
  return rows.map((own, v) => {
    let sum = 0;
    for (const j of classes) {
      if (j === labels[v]) continue;
      const members = rows.filter((_, i) => labels[i] === j);
      for (const row of members)
        for (let x = 0; x < own.length; x++) sum += (own[x]! * row[x]!) / members.length;
    }
    return sum;
  });
}
