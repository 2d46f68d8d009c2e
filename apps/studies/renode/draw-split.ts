import { createRandom } from "@deepgrain/lm";
import {
  balancedSplit,
  type ImbalanceLevels,
  imbalanceLevels,
  type NodeData,
  type NodeSplit,
  stepSplit,
} from "@deepgrain/renode/gnn";
import type { ComparisonSettings } from "./recipe";
import type { Variant } from "./variants";

/** First words of the seeds, so that splits, levels and weights are drawn apart. */
export const streams = { split: 1, levels: 2, weights: 3, further: 4 } as const;

const levelsOf = new WeakMap<NodeData, Map<number, ImbalanceLevels>>();

/** The splits of each level among the draws of a block, which are scored once per thread. */
function levels(
  data: NodeData,
  block: number,
  { draws, perLevel }: ComparisonSettings,
): ImbalanceLevels {
  const blocks = levelsOf.get(data) ?? new Map<number, ImbalanceLevels>();
  levelsOf.set(data, blocks);
  const random = createRandom([streams.levels, block]).next;
  const found =
    blocks.get(block) ?? imbalanceLevels(data.graph, data.classes, { random, draws, perLevel });
  blocks.set(block, found);
  return found;
}

/**
 * The split of a seed. Seeds share the draws that levels are chosen from in blocks: each takes its own split of a level, and a
 * block has as many seeds as a level has splits.
 */
export function drawSplit(
  { split: name, further }: Pick<Variant, "split" | "further">,
  seed: number,
  data: NodeData,
  settings: ComparisonSettings,
): NodeSplit {
  const stream = further === undefined ? [streams.split, seed] : [streams.further, seed, further];
  const random = createRandom(stream).next;
  if (name === "balanced") return balancedSplit(data.classes, { random });
  const { labelRatio, imbalance, perLevel } = settings;
  if (name === "step") return stepSplit(data.classes, { random, labelRatio, imbalance });
  const turn = seed - 1 + perLevel; // not below 0, as seeds begin at 0
  return levels(data, Math.floor(turn / perLevel), settings)[name][turn % perLevel]!.split;
}
