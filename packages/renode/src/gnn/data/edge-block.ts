import { having } from "../../errors";
import type { Adjacency } from "../../graph/adjacency";

/** The edges over which one batch passes messages: a whole graph, or sampled edges around some nodes. */
export interface EdgeBlock {
  /** Nodes of the block; edges and degrees count from 0 to size − 1. */
  readonly size: number;
  /** Receiving node of each edge, without loops, shape [E]. */
  readonly target: Int32Array;
  /** Sending node of each edge, shape [E]. */
  readonly source: Int32Array;
  /** Edge weights, null where all are 1, shape [E]. */
  readonly weight: Float64Array | null;
  /** Number of its receiver's edges that each edge represents: degree / sampled; null where all edges are present, shape [E]. */
  readonly share: Float64Array | null;
  /** Weighted degree of each node in the whole graph, without loops, shape [size]. */
  readonly degree: Float64Array;
}

/** Weighted degrees without loops, 0 for isolated nodes. */
export function plainDegrees({ order, offsets, weights }: Adjacency): Float64Array {
  const degrees = new Float64Array(order);
  for (let i = 0; i < order; i++)
    for (let e = offsets[i]!; e < offsets[i + 1]!; e++) degrees[i]! += weights ? weights[e]! : 1;
  return degrees;
}

/** All edges of a graph. */
export function wholeGraph(adjacency: Adjacency): EdgeBlock {
  having("wholeGraph", "adjacency", adjacency, "order", "offsets");
  const { order, offsets, targets, weights } = adjacency;
  const receiver = new Int32Array(targets.length);
  for (let i = 0; i < order; i++) receiver.fill(i, offsets[i]!, offsets[i + 1]!);
  // The matrix is symmetric: a row's neighbours send to its node.
  return {
    size: order,
    target: receiver,
    source: targets,
    weight: weights,
    share: null,
    degree: plainDegrees(adjacency),
  };
}
