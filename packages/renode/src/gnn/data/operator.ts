import {
  type Csr,
  csrFromEdges,
  indexSelect,
  keep,
  segmentSum,
  type Tensor,
  tensor,
  tidy,
} from "@deepgrain/tensor-gpu";
import type { EdgeBlock } from "./edge-block";

/** A sparse matrix of a batch, held as tensors. */
export interface Operator {
  readonly csr: Csr;
  /** shape [entries], in the pattern's order */
  readonly weights: Tensor;
  /** The same in the order of the transposed pattern, for gradients. If absent, each gradient sorts them itself. */
  readonly transposedWeights?: Tensor | undefined;
}

/** Messages of a sparse matrix: operator · x. @param x shape [N, d] */
export const propagate = ({ csr, weights, transposedWeights }: Operator, x: Tensor): Tensor =>
  segmentSum(x, csr, weights, { transposedWeights });

/** Takes a tensor out of all scopes. */
export function held(values: Float32Array | Int32Array, shape?: readonly number[]): Tensor {
  const dtype = values instanceof Int32Array ? "int32" : "float32";
  const made = tensor(values, { dtype, shape: shape ?? [values.length] });
  made.isKept = true;
  return made;
}

export function disposeCsr({ offsets, indices, transposed }: Csr): void {
  for (const made of [offsets, indices, ...Object.values(transposed)]) made.dispose();
}

export function disposeOperator({ csr, weights, transposedWeights }: Operator): void {
  disposeCsr(csr);
  weights.dispose();
  transposedWeights?.dispose();
}

/** A sparse matrix from its entries. @param valueAt value of each entry */
export function operatorOf(
  target: Int32Array,
  source: Int32Array,
  rows: number,
  columns: number,
  valueAt: (entry: number) => number,
): Operator {
  const { order, ...csr } = csrFromEdges(target, source, rows, columns);
  const weights = held(Float32Array.from(order, valueAt));
  const transposedWeights = keep(tidy(() => indexSelect(weights, 0, csr.transposed.source)));
  return { csr, weights, transposedWeights };
}

/** The edges of a block, followed by a loop at each node. */
function withLoops({ size, target, source }: EdgeBlock): [Int32Array, Int32Array] {
  const ends = [target, source].map((list) => {
    const both = new Int32Array(list.length + size);
    both.set(list);
    for (let i = 0; i < size; i++) both[list.length + i] = i;
    return both;
  });
  return [ends[0]!, ends[1]!];
}

const edgeValue = ({ weight, share }: EdgeBlock, edge: number): number =>
  (weight ? weight[edge]! : 1) * (share ? share[edge]! : 1);

/** The place of each kept node, −1 for others; null: all are kept. */
function placesIn(size: number, kept: Int32Array | undefined): Int32Array {
  if (!kept) return Int32Array.from({ length: size }, (_, node) => node);
  const place = new Int32Array(size).fill(-1);
  kept.forEach((node, i) => {
    place[node] = i;
  });
  return place;
}

/**
 * D̃^(−1/2)·(A + I)·D̃^(−1/2); with sampled edges its unbiased estimate.
 * @param part the rows and columns to keep, ascending; default all
 * @see Kipf and Welling 2017, equation 2
 */
export function gcnOperator(
  block: EdgeBlock,
  { rows, columns }: { rows?: Int32Array | undefined; columns?: Int32Array | undefined } = {},
): Operator {
  const { size, degree } = block;
  const [target, source] = withLoops(block);
  const edges = block.target.length;
  const scale = (i: number, j: number) => 1 / Math.sqrt((degree[i]! + 1) * (degree[j]! + 1));
  const valueAt = (e: number) => {
    const value = scale(target[e]!, source[e]!);
    return e < edges ? value * edgeValue(block, e) : value;
  };
  const [rowOf, columnOf] = [placesIn(size, rows), placesIn(size, columns)];
  const entries = Int32Array.from(target.keys()).filter(
    (e) => rowOf[target[e]!]! >= 0 && columnOf[source[e]!]! >= 0,
  );
  return operatorOf(
    entries.map((e) => rowOf[target[e]!]!),
    entries.map((e) => columnOf[source[e]!]!),
    rows?.length ?? size,
    columns?.length ?? size,
    (i) => valueAt(entries[i]!),
  );
}

/** D^(−1)·A over the given edges: the mean of the neighbours; zeros for a node without neighbours. */
export function meanOperator(block: EdgeBlock): Operator {
  const sums = new Float64Array(block.size);
  const valueAt = (e: number) => (block.weight ? block.weight[e]! : 1);
  block.target.forEach((node, e) => {
    sums[node]! += valueAt(e);
  });
  const { target, source, size } = block;
  return operatorOf(target, source, size, size, (e) => valueAt(e) / sums[target[e]!]!);
}

/** −D^(−1/2)·A·D^(−1/2): the scaled Laplacian with λ_max = 2. @see Defferrard et al. 2016, section 2.1 */
export function laplacianOperator(block: EdgeBlock): Operator {
  const { target, source, size, degree } = block;
  return operatorOf(
    target,
    source,
    size,
    size,
    (e) => -edgeValue(block, e) / Math.sqrt(degree[target[e]!]! * degree[source[e]!]!),
  );
}

/** The pattern of A + I for attention, and the receiver of each entry. */
export interface AttentionPattern {
  readonly csr: Csr;
  /** int32, shape [entries] */
  readonly receivers: Tensor;
}

export function attentionPattern(block: EdgeBlock): AttentionPattern {
  const [target, source] = withLoops(block);
  const { order, ...csr } = csrFromEdges(target, source, block.size, block.size);
  return { csr, receivers: held(Int32Array.from(order, (e) => target[e]!)) };
}
