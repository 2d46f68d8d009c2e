import { having, RenodeError } from "../errors";
import type { GraphScore } from "./score-graph";

/**
 * The weights in a given order of nodes, so that an external trainer can use `loss * weight`: 0 for nodes without one.
 *
 * @param order keys of all nodes in the trainer's order, such as `graph.nodes()`
 * @returns shape [order.length]
 * @throws {RenodeError} `ERR_NODE` when a scored node is not in the order
 */
export function weightVector(graphScore: GraphScore, order: readonly string[]): Float32Array {
  const { nodes } = having("weightVector", "graphScore", graphScore, "total", "nodes");
  const places = new Map(order.map((key, i) => [key, i]));
  const vector = new Float32Array(order.length);
  for (const { key, weight } of nodes) {
    const at = places.get(key);
    if (at === undefined)
      throw new RenodeError(
        "ERR_NODE",
        `renode/weightVector: node "${key}" has a weight but no place in the order`,
        {
          fields: { node: key },
        },
      );
    vector[at] = weight;
  }
  return vector;
}
