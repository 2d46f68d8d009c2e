import type { Adjacency } from "../../graph/adjacency";
import { type EdgeBlock, plainDegrees } from "../data/edge-block";

/** Edges sampled around some nodes, and the nodes they touch. */
export interface SampledBlock extends EdgeBlock {
  /** Node number in the graph of each node of the block. The seeds come first, in their order. */
  readonly nodes: Int32Array;
}

/** `count` distinct numbers below `size`, or all of them if there are no more (Floyd's algorithm). */
function chooseEdges(size: number, count: number, random: () => number): number[] {
  if (size <= count) return Array.from({ length: size }, (_, i) => i);
  const chosen = new Set<number>();
  for (let last = size - count; last < size; last++) {
    const pick = Math.floor(random() * (last + 1));
    chosen.add(chosen.has(pick) ? last : pick);
  }
  return [...chosen];
}

/**
 * Creates a sampler: from the seeds outwards, each node receives from at most `fanouts[h]` of its neighbours at hop h.
 *
 * @param fanouts neighbours per node and hop, from the seeds outwards: one number per layer of the model
 * @see Hamilton, Ying, Leskovec 2017, algorithm 2
 */
export function blockSampler(
  graph: Adjacency,
  fanouts: readonly number[],
  random: () => number,
): (seeds: ArrayLike<number>) => SampledBlock {
  const degrees = plainDegrees(graph);
  const { offsets, targets, weights } = graph;
  return (seeds) => {
    const numbers = new Map<number, number>();
    const nodes: number[] = [];
    const place = (node: number) => {
      const known = numbers.get(node);
      if (known !== undefined) return known;
      numbers.set(node, nodes.length);
      nodes.push(node);
      return nodes.length - 1;
    };
    for (let s = 0; s < seeds.length; s++) place(seeds[s]!);
    const edges = {
      target: [] as number[],
      source: [] as number[],
      weight: [] as number[],
      share: [] as number[],
    };
    let done = 0;
    for (const fanout of fanouts) {
      const frontier = nodes.length;
      for (; done < frontier; done++) {
        const from = offsets[nodes[done]!]!;
        const size = offsets[nodes[done]! + 1]! - from;
        const chosen = chooseEdges(size, fanout, random);
        for (const at of chosen) {
          edges.target.push(done);
          edges.source.push(place(targets[from + at]!));
          edges.weight.push(weights ? weights[from + at]! : 1);
          edges.share.push(size / chosen.length);
        }
      }
    }
    return {
      size: nodes.length,
      nodes: Int32Array.from(nodes),
      target: Int32Array.from(edges.target),
      source: Int32Array.from(edges.source),
      weight: weights && Float64Array.from(edges.weight),
      share: Float64Array.from(edges.share),
      degree: Float64Array.from(nodes, (node) => degrees[node]!),
    };
  };
}
