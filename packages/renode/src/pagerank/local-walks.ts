import type { Start } from "./sparse-rows";
import type { Walk } from "./walk";

/** A walk on a part of the graph. */
export interface LocalWalk {
  readonly walk: Walk;
  /** Node number of each of the walk's nodes, ascending; null where the walk covers the whole graph. */
  readonly nodes: Int32Array | null;
}

/**
 * Prepares walks from single nodes: within `hops` steps, an iteration from a start reaches no node farther away, so it takes
 * the same steps, with the same sums, on that part alone. What many small classes cost then depends on their surroundings, not
 * on the size of the graph. Where the part would cover over half of the graph, it is the whole graph.
 *
 * @param hops steps that the iteration takes at most
 * @returns a function from starts to the walk around all of them
 */
export function localWalks(walk: Walk, hops: number): (starts: readonly Start[]) => LocalWalk {
  const { order, offsets, targets } = walk;
  const placeOf = new Int32Array(order).fill(-1); // −1 again between calls

  /** Nodes within `hops` of a start, in order of discovery; null when there are too many. */
  function reached(starts: readonly Start[]): number[] | null {
    const found: number[] = [];
    const discover = (node: number) => {
      if (placeOf[node] !== -1) return;
      placeOf[node] = 0;
      found.push(node);
    };
    for (const { indices } of starts) for (const node of indices) discover(node);
    let next = 0;
    for (let hop = 0; hop < hops && next < found.length && 2 * found.length <= order; hop++)
      for (const end = found.length; next < end && 2 * found.length <= order; next++) {
        const node = found[next]!;
        for (let e = offsets[node]!; e < offsets[node + 1]!; e++) discover(targets[e]!);
      }
    if (2 * found.length <= order) return found;
    for (const node of found) placeOf[node] = -1;
    return null;
  }

  return (starts) => {
    const found = reached(starts);
    if (found === null) return { walk, nodes: null };
    const nodes = Int32Array.from(found).sort();
    nodes.forEach((node, place) => {
      placeOf[node] = place;
    });
    const part = partOf(walk, nodes, placeOf);
    for (const node of nodes) placeOf[node] = -1;
    return { walk: part, nodes };
  };
}

/** The rows and columns of the given nodes. @param placeOf position among them, −1 for others */
function partOf(walk: Walk, nodes: Int32Array, placeOf: Int32Array): Walk {
  const { offsets: from } = walk;
  const offsets = new Int32Array(nodes.length + 1);
  const [targets, coefficients]: [number[], number[]] = [[], []];
  for (const [place, node] of nodes.entries()) {
    for (let e = from[node]!; e < from[node + 1]!; e++) {
      const target = placeOf[walk.targets[e]!]!;
      if (target === -1) continue;
      targets.push(target);
      coefficients.push(walk.coefficients[e]!);
    }
    offsets[place + 1] = targets.length;
  }
  return {
    order: nodes.length,
    offsets,
    targets: Int32Array.from(targets),
    coefficients: Float64Array.from(coefficients),
    diagonal: Float64Array.from(nodes, (node) => walk.diagonal[node]!),
  };
}
