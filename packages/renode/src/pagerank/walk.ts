import type { Adjacency } from "../graph/adjacency";
import { degreesOf } from "../graph/degrees";
import type { InfluenceSettings } from "./options";

/** One step of the restarted walk, Z := (1 − restart)·Z·Â, as a sparse matrix to multiply columns with. */
export interface Walk {
  readonly order: number;
  readonly offsets: Int32Array;
  readonly targets: Int32Array;
  /** (1 − restart)·Â without its diagonal, shape [entries]. */
  readonly coefficients: Float64Array;
  /** (1 − restart)·Â's diagonal, shape [order]. */
  readonly diagonal: Float64Array;
}

/** √(a·b), also where the product leaves the range of numbers; elsewhere the same bits as the plain form. */
function rootOfProduct(a: number, b: number): number {
  const product = a * b;
  return product > 1e-290 && product < 1e290 ? Math.sqrt(product) : Math.sqrt(a) * Math.sqrt(b);
}

export function walkOf(
  adjacency: Adjacency,
  { restart, normalization, selfLoops }: InfluenceSettings,
): Walk {
  const { order, offsets, targets, weights } = adjacency;
  const degrees = degreesOf(adjacency, selfLoops);
  const onward = 1 - restart;
  const coefficients = new Float64Array(targets.length);
  const diagonal = new Float64Array(order);
  const isSymmetric = normalization === "symmetric";
  for (let i = 0; i < order; i++) {
    const isIsolated = offsets[i] === offsets[i + 1];
    if (selfLoops || isIsolated) diagonal[i] = onward / degrees[i]!;
    for (let e = offsets[i]!; e < offsets[i + 1]!; e++) {
      const degree = degrees[targets[e]!]!;
      const scale = isSymmetric ? rootOfProduct(degrees[i]!, degree) : degree;
      coefficients[e] = (onward * (weights ? weights[e]! : 1)) / scale;
    }
  }
  return { order, offsets, targets, coefficients, diagonal };
}
