/** @file The deterministic test model: ridge regression on features that were propagated twice. */
import type { CitationGraph } from "@deepgrain/datasets";

/** Symmetric kernel of all nodes' centred, propagated features, row-major, shape [N, N]. */
export interface Kernel {
  readonly nodes: number;
  readonly data: Float64Array;
}

/** D^(−1/2)·(A + I)·D^(−1/2) as a list of neighbours with coefficients per node. */
function propagation({ nodes, source, target }: CitationGraph): [number, number][][] {
  const neighbours = Array.from({ length: nodes }, (_, i) => [i]);
  source.forEach((from, e) => {
    neighbours[from]!.push(target[e]!);
    neighbours[target[e]!]!.push(from);
  });
  return neighbours.map((list) =>
    list.map((j) => [j, 1 / Math.sqrt(list.length * neighbours[j]!.length)] as [number, number]),
  );
}

/** Â·K·Â, K symmetric: the rows are propagated, then the columns through the transpose. */
function propagated(k: Float64Array, steps: [number, number][][]): Float64Array {
  const n = steps.length;
  const out = new Float64Array(n * n);
  for (const [i, list] of steps.entries())
    for (const [j, weight] of list)
      for (let x = 0; x < n; x++) out[i * n + x]! += weight * k[j * n + x]!;
  return out;
}

function transposed(k: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) out[j * n + i] = k[i * n + j]!;
  return out;
}

/** X·Xᵀ of the 0/1 features, by the words that papers share. */
function sharedWords({ nodes, features }: CitationGraph): Float64Array {
  const byWord = Array.from({ length: features.cols }, (): number[] => []);
  for (let i = 0; i < nodes; i++)
    for (let e = features.rowOffsets[i]!; e < features.rowOffsets[i + 1]!; e++)
      byWord[features.colIndices[e]!]!.push(i);
  const k = new Float64Array(nodes * nodes);
  for (const list of byWord) for (const i of list) for (const j of list) k[i * nodes + j]!++;
  return k;
}

/** F·Fᵀ with F = Â²·X, columns centred: double centring of Â²·X·Xᵀ·Â². */
export function sgcKernel(graph: CitationGraph): Kernel {
  const n = graph.nodes;
  const steps = propagation(graph);
  const twice = (k: Float64Array) => propagated(propagated(k, steps), steps);
  const data = twice(transposed(twice(sharedWords(graph)), n));
  const means = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) means[i]! += data[i * n + j]!;
    means[i]! /= n;
  }
  const mean = means.reduce((a, b) => a + b, 0) / n;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) data[i * n + j]! += mean - means[i]! - means[j]!;
  return { nodes: n, data };
}

/** Solves a·X = b in place by Gaussian elimination with partial pivoting; rows of numbers. */
function solve(a: Float64Array[], b: Float64Array[]): Float64Array[] {
  const n = a.length;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k; i < n; i++) if (Math.abs(a[i]![k]!) > Math.abs(a[pivot]![k]!)) pivot = i;
    [a[k], a[pivot]] = [a[pivot]!, a[k]!];
    [b[k], b[pivot]] = [b[pivot]!, b[k]!];
    for (let i = k + 1; i < n; i++) {
      const factor = a[i]![k]! / a[k]![k]!;
      for (let j = k; j < n; j++) a[i]![j]! -= factor * a[k]![j]!;
      for (let c = 0; c < b[k]!.length; c++) b[i]![c]! -= factor * b[k]![c]!;
    }
  }
  for (let k = n - 1; k >= 0; k--)
    for (let c = 0; c < b[k]!.length; c++) {
      for (let j = k + 1; j < n; j++) b[k]![c]! -= a[k]![j]! * b[j]![c]!;
      b[k]![c]! /= a[k]![k]!;
    }
  return b;
}

/**
 * Predicted class of every node: ( diag(w)·K_LL + 0.05·mean(diag K_LL)·I )·a = diag(w)·(Y_L − 1/C), scores K·a.
 * @param weights shape [train.length]
 */
export function sgcRidge(
  { nodes, data }: Kernel,
  train: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
  weights: ArrayLike<number>,
): Int32Array {
  const list = Array.from(train);
  const ridge = (0.05 * list.reduce((sum, i) => sum + data[i * nodes + i]!, 0)) / list.length;
  const system = list.map((i, r) =>
    Float64Array.from(list, (j, c) => weights[r]! * data[i * nodes + j]! + (r === c ? ridge : 0)),
  );
  const right = list.map((i, r) =>
    Float64Array.from(
      { length: classes },
      (_, c) => weights[r]! * (Number(labels[i] === c) - 1 / classes),
    ),
  );
  const solution = solve(system, right);
  return Int32Array.from({ length: nodes }, (_, x) => {
    let [best, most] = [0, Number.NEGATIVE_INFINITY];
    for (let c = 0; c < classes; c++) {
      let score = 0;
      for (const [r, i] of list.entries()) score += data[x * nodes + i]! * solution[r]![c]!;
      if (score > most) [best, most] = [c, score];
    }
    return best;
  });
}
