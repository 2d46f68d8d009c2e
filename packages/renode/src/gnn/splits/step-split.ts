import type { OptionNames } from "@deepgrain/support";
import { assertRange } from "../../checks";
import { knownOptions } from "../../known-options";
import {
  type ClassList,
  countClasses,
  dealNodes,
  type NodeSplit,
  shuffledNodes,
} from "./node-split";

export interface StepSplitOptions {
  /** Uniform in [0, 1). */
  random: () => number;
  /** Share of all labelled nodes used for training, δ, in (0, 1) (default 0.05). */
  labelRatio?: number;
  /** Ratio of the training nodes of a head class to those of a tail class, ρ, at least 1 (default 10). */
  imbalance?: number;
  /** Class numbers of the heads (default: the first three, or the first half where there are fewer than six classes). */
  heads?: readonly number[];
  /** Validation nodes per class (default 30). */
  validationPerClass?: number;
}

const stepSplitOptionNames: OptionNames<StepSplitOptions> = {
  random: true,
  labelRatio: true,
  imbalance: true,
  heads: true,
  validationPerClass: true,
};

/** Training nodes per class of a step split: base·ρ for heads, base for tails, base = ⌊N·δ / (tails + heads·ρ)⌋. */
function stepCounts(
  nodes: number,
  classes: number,
  { labelRatio = 0.05, imbalance = 10, heads }: Omit<StepSplitOptions, "random">,
): number[] {
  assertRange(labelRatio > 0 && labelRatio < 1, "stepSplit", "labelRatio", "in (0, 1)", labelRatio);
  assertRange(imbalance >= 1, "stepSplit", "imbalance", "at least 1", imbalance);
  const headCount = classes < 6 ? Math.floor(classes / 2) : 3;
  const isHead = new Set(heads ?? Array.from({ length: headCount }, (_, c) => c));
  for (const head of isHead)
    assertRange(
      Number.isInteger(head) && head >= 0 && head < classes,
      "stepSplit",
      "heads",
      `classes in 0..${classes - 1}`,
      head,
    );
  const base = Math.floor((nodes * labelRatio) / (classes - isHead.size + isHead.size * imbalance));
  assertRange(
    base >= 1,
    "stepSplit",
    "labelRatio",
    "large enough for one node per tail class",
    labelRatio,
  );
  return Array.from({ length: classes }, (_, c) =>
    isHead.has(c) ? Math.floor(base * imbalance) : base,
  );
}

/**
 * A random split in which some classes have many training nodes and the others few (quantity imbalance of the kind "step").
 *
 * @param classes class number per node, below 0 for unknown (excluded)
 * @throws {RenodeError} `ERR_RANGE` for options out of range, or when a class has too few nodes
 * @see Chen et al. 2021, section 4.3
 */
export function stepSplit(classes: ClassList, given: StepSplitOptions): NodeSplit {
  const {
    random,
    validationPerClass = 30,
    ...options
  } = knownOptions("stepSplit", given, stepSplitOptionNames);
  const shuffled = shuffledNodes(classes, random);
  const counts = stepCounts(shuffled.length, countClasses(classes), options);
  return dealNodes(classes, shuffled, counts, validationPerClass, "stepSplit");
}
