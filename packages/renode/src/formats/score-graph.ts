import { having } from "../errors";
import type { GraphInput } from "../graph/index-graph";
import { type RenodeOptions, type RenodeResult, renodeWeights } from "../weights/renode-weights";

/** The record of one labelled node. */
export interface NodeScore {
  readonly key: string;
  readonly totoro: number;
  readonly rank: number;
  readonly weight: number;
}

/** The form in which scores are written and compared: labelled nodes in graph order. */
export interface GraphScore {
  readonly total: number;
  readonly nodes: readonly NodeScore[];
}

/** Converts a detailed result to plain data. */
export const toGraphScore = (renodeResult: RenodeResult): GraphScore => {
  const { total, keys, totoro, ranks, weights } = having(
    "toGraphScore",
    "renodeResult",
    renodeResult,
    "keys",
    "labels",
  );
  return {
    total,
    nodes: keys.map((key, v) => ({
      key,
      totoro: totoro[v]!,
      rank: ranks[v]!,
      weight: weights[v]!,
    })),
  };
};

/**
 * Scores, ranks and weights of a graph's labelled nodes as plain data, ready for `JSON.stringify`.
 *
 * @throws {RenodeError} as `renodeWeights`
 */
export const scoreGraph = (graph: GraphInput, options: RenodeOptions = {}): GraphScore =>
  toGraphScore(renodeWeights.detailed(graph, options));
