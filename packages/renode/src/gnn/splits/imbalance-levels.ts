import { optionsOf, refuseUnknown, whole } from "../../errors";
import type { GraphInput } from "../../graph/index-graph";
import { type TotoroOptions, totoro } from "../../totoro/totoro";
import { type BalancedSplitOptions, balancedSplit } from "./balanced-split";
import type { ClassList, NodeSplit } from "./node-split";

/** A split and the topology imbalance of its training set. */
export interface ScoredSplit {
  readonly split: NodeSplit;
  /** Total Totoro of the training set. */
  readonly total: number;
  /** Share of nodes that the training set reaches. */
  readonly cover: number;
  /** Number of the draw, from 0. */
  readonly draw: number;
}

/** Splits of the lowest, middle and highest totals, each in ascending order of total. */
export interface ImbalanceLevels {
  readonly low: readonly ScoredSplit[];
  readonly middle: readonly ScoredSplit[];
  readonly high: readonly ScoredSplit[];
}

export interface ImbalanceLevelOptions extends BalancedSplitOptions {
  /** Number of balanced splits drawn, at least 3 · perLevel (default 100). */
  draws?: number | undefined;
  /** Splits per level, at least 1 (default 10). */
  perLevel?: number | undefined;
  /** Options of the totals. Default: tolerance 1e-9. */
  totoro?: TotoroOptions | undefined;
}

/**
 * Draws many balanced splits, sorts them by total Totoro and returns those at both ends and in the middle.
 *
 * @param classes class number per node in graph order, below 0 for unknown
 * @throws {RenodeError} `ERR_RANGE` for too few draws or nodes; what `totoro` throws
 * @see Chen et al. 2021, section 4.2
 */
export function imbalanceLevels(
  graph: GraphInput,
  classes: ClassList,
  options: ImbalanceLevelOptions,
): ImbalanceLevels {
  const {
    draws = 100,
    perLevel = 10,
    totoro: influence = {},
    random,
    perClass,
    validationPerClass,
    ...rest
  } = optionsOf("imbalanceLevels", options);
  refuseUnknown("imbalanceLevels", rest);
  whole("imbalanceLevels", "perLevel", perLevel, { min: 1 });
  whole("imbalanceLevels", "draws", draws, { min: 3 * perLevel });
  const getNodeLabel = Array.from(classes, (c) => (c < 0 ? null : c));
  const scored = Array.from({ length: draws }, (_, draw): ScoredSplit => {
    const drawn = balancedSplit(classes, { random, perClass, validationPerClass });
    const getNodeTrain = new Array<boolean>(classes.length).fill(false);
    for (const node of drawn.train) getNodeTrain[node] = true;
    const { tolerance = 1e-9, ...others } = influence;
    const { total, cover } = totoro.detailed(graph, {
      ...others,
      tolerance,
      getNodeLabel,
      getNodeTrain,
    });
    return { split: drawn, total, cover, draw };
  }).sort((a, b) => a.total - b.total || a.draw - b.draw);
  const middle = Math.floor((draws - perLevel) / 2);
  return {
    low: scored.slice(0, perLevel),
    middle: scored.slice(middle, middle + perLevel),
    high: scored.slice(-perLevel),
  };
}
