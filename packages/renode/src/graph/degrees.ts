import type { Adjacency } from "./adjacency";

/** Sum of each row's weights, plus the loop of weight 1 if requested; an isolated node always has the loop. Shape [order]. */
export function degreesOf(
  { order, offsets, weights }: Adjacency,
  selfLoops: boolean,
): Float64Array {
  const degrees = new Float64Array(order);
  for (let i = 0; i < order; i++) {
    let degree = offsets[i + 1]! - offsets[i]!;
    if (weights) {
      degree = 0;
      for (let e = offsets[i]!; e < offsets[i + 1]!; e++) degree += weights[e]!;
    }
    degrees[i] = selfLoops || degree === 0 ? degree + 1 : degree;
  }
  return degrees;
}
