import { optionsOf, refuseUnknown } from "../../errors";
import type { Adjacency } from "../../graph/adjacency";

/** The data that TAM uses; constant during training. */
export interface TamInput {
  readonly graph: Adjacency;
  /** Training nodes, shape [L]. */
  readonly train: ArrayLike<number>;
  /** Class number of every node; only those of training nodes are read. */
  readonly classes: ArrayLike<number>;
  /** Number of classes, C. */
  readonly classCount: number;
}

export interface TamOptions {
  /** Weight of the connectivity term, from 0 (default 2.5). */
  connectivity?: number | undefined;
  /** Weight of the distribution term, from 0 (default 0.5). */
  distribution?: number | undefined;
  /** Highest temperature φ (default 1.2). */
  temperature?: number | undefined;
  /** Strength with which class sizes change the temperature, γ (default 0.4). */
  sizeEffect?: number | undefined;
}

/** Lower bound of probabilities, class means and divergences. */
const FLOOR = 1e-6;

/** τ_c = φ·(s_c + 1 − max s) with s_c = γ·n_c/Σn + 1 − γ: φ for the largest class, less for smaller ones. */
function temperatures(counts: Float64Array, phi: number, gamma: number): Float64Array {
  const total = counts.reduce((a, b) => a + b, 0);
  const scaled = counts.map((count) => (gamma * count) / total + 1 - gamma);
  const most = scaled.reduce((a, b) => Math.max(a, b));
  return scaled.map((value) => phi * (value + 1 - most));
}

/** q: one-hot for training nodes, softmax(z ⊙ τ) for others; row-major [N, C]. */
function nodeDistributions(
  logits: ArrayLike<number>,
  { graph: { order }, train, classes, classCount }: TamInput,
  tau: Float64Array,
): Float64Array {
  const q = new Float64Array(order * classCount);
  for (let x = 0; x < order; x++) {
    const at = x * classCount;
    let top = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < classCount; c++) top = Math.max(top, logits[at + c]! * tau[c]!);
    let sum = 0;
    for (let c = 0; c < classCount; c++)
      sum += q[at + c] = Math.exp(logits[at + c]! * tau[c]! - top);
    for (let c = 0; c < classCount; c++) q[at + c]! /= sum;
  }
  for (let v = 0; v < train.length; v++) {
    const at = train[v]! * classCount;
    q.fill(0, at, at + classCount);
    q[at + classes[train[v]!]!] = 1;
  }
  return q;
}

/** p_v: mean of q over v and its neighbours, at least FLOOR; row-major [L, C]. */
function surroundings(q: Float64Array, { graph, train, classCount }: TamInput): Float64Array {
  const p = new Float64Array(train.length * classCount);
  for (let v = 0; v < train.length; v++) {
    const node = train[v]!;
    const [from, end] = [graph.offsets[node]!, graph.offsets[node + 1]!];
    for (let c = 0; c < classCount; c++) {
      let sum = q[node * classCount + c]!;
      for (let e = from; e < end; e++) sum += q[graph.targets[e]! * classCount + c]!;
      p[v * classCount + c] = Math.max(FLOOR, sum / (end - from + 1));
    }
  }
  return p;
}

/** M_c: mean of p over the training nodes of class c, at least FLOOR; row-major [C, C]. */
function classMeans(
  p: Float64Array,
  counts: Float64Array,
  { train, classes, classCount }: TamInput,
) {
  const means = new Float64Array(classCount * classCount);
  for (let v = 0; v < train.length; v++) {
    const c = classes[train[v]!]!;
    for (let j = 0; j < classCount; j++)
      means[c * classCount + j]! += p[v * classCount + j]! / counts[c]!;
  }
  return means.map((value) => Math.max(FLOOR, value));
}

/** Jensen–Shannon divergence of two rows of C entries, at least FLOOR. */
function divergence(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let c = 0; c < a.length; c++) {
    const middle = (a[c]! + b[c]!) / 2;
    sum += a[c]! * Math.log(a[c]! / middle) + b[c]! * Math.log(b[c]! / middle);
  }
  return Math.max(FLOOR, sum / 2);
}

/**
 * Terms that topology-aware margin (TAM) adds to the logits of the training nodes: connectivity·log ACM − distribution·ADM. Nodes
 * whose neighbourhood differs from what is usual in their class get smaller margins towards the classes around them.
 *
 * ACM_{v,j} = min(1, (p_{v,y}/M_{y,y})·(M_{y,j}/p_{v,j})), ADM_{v,j} = (J(p_v,M_y)² + J(M_y,M_j)² − J(p_v,M_j)²) / (2·J(M_y,M_j)²),
 * 1 and 0 for j = y; J the Jensen–Shannon divergence. No gradient flows through it.
 *
 * @param logits of all nodes, row-major, shape [N, C]
 * @returns shape [L, C], row-major
 * @see Song, Park, Yang 2022, "TAM: Topology-Aware Margin Loss for Class-Imbalanced Node Classification", equations 5 to 9
 */
export function tamMargins(
  logits: ArrayLike<number>,
  input: TamInput,
  options: TamOptions = {},
): Float32Array {
  const {
    connectivity = 2.5,
    distribution = 0.5,
    temperature = 1.2,
    sizeEffect = 0.4,
    ...rest
  } = optionsOf("tamMargins", options);
  refuseUnknown("tamMargins", rest);
  const { train, classes, classCount } = input;
  const counts = new Float64Array(classCount);
  for (let v = 0; v < train.length; v++) counts[classes[train[v]!]!]!++;
  const q = nodeDistributions(logits, input, temperatures(counts, temperature, sizeEffect));
  const p = surroundings(q, input);
  const means = classMeans(p, counts, input);
  const row = (of: Float64Array, i: number) => of.subarray(i * classCount, (i + 1) * classCount);
  const between = Array.from({ length: classCount }, (_, a) =>
    Float64Array.from({ length: classCount }, (_, b) => divergence(row(means, a), row(means, b))),
  );
  const margins = new Float32Array(train.length * classCount);
  for (let v = 0; v < train.length; v++) {
    const y = classes[train[v]!]!;
    const [own, usual] = [row(p, v), row(means, y)];
    const toOwn = divergence(own, usual);
    for (let j = 0; j < classCount; j++) {
      if (j === y) continue;
      const acm = Math.min(1, (own[y]! / usual[y]!) * (usual[j]! / own[j]!));
      const squared = between[y]![j]! ** 2;
      const adm = (toOwn ** 2 + squared - divergence(own, row(means, j)) ** 2) / (2 * squared);
      margins[v * classCount + j] = connectivity * Math.log(acm) - distribution * adm;
    }
  }
  return margins;
}
