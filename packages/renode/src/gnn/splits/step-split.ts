import { fail, optionsOf, real, refuseUnknown, whole } from "../../errors";

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
  labelRatio?: number | undefined;
  /** Ratio of the training nodes of a head class to those of a tail class, ρ, at least 1 (default 10). */
  imbalance?: number | undefined;
  /** Class numbers of the heads (default: the first three, or the first half where there are fewer than six classes). */
  heads?: readonly number[] | undefined;
  /** Validation nodes per class (default 30). */
  validationPerClass?: number | undefined;
}

/** Training nodes per class of a step split: base·ρ for heads, base for tails, base = ⌊N·δ / (tails + heads·ρ)⌋. */
function stepCounts(
  nodes: number,
  classes: number,
  {
    labelRatio = 0.05,
    imbalance = 10,
    heads,
  }: Pick<StepSplitOptions, "labelRatio" | "imbalance" | "heads">,
): number[] {
  real("stepSplit", "labelRatio", labelRatio, { above: 0, below: 1 });
  real("stepSplit", "imbalance", imbalance, { min: 1 });
  const headCount = classes < 6 ? Math.floor(classes / 2) : 3;
  const isHead = new Set(heads ?? Array.from({ length: headCount }, (_, c) => c));
  for (const head of isHead)
    whole("stepSplit", "a class of heads", head, { min: 0, max: classes - 1 });
  const base = Math.floor((nodes * labelRatio) / (classes - isHead.size + isHead.size * imbalance));
  if (!(base >= 1))
    fail(
      "ERR_RANGE",
      `stepSplit: labelRatio must be large enough for one node per tail class, got ${labelRatio}`,
      { labelRatio },
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
export function stepSplit(classes: ClassList, options: StepSplitOptions): NodeSplit {
  const {
    random,
    validationPerClass = 30,
    labelRatio,
    imbalance,
    heads,
    ...rest
  } = optionsOf("stepSplit", options);
  refuseUnknown("stepSplit", rest);
  const shuffled = shuffledNodes(classes, random);
  const counts = stepCounts(shuffled.length, countClasses(classes), {
    labelRatio,
    imbalance,
    heads,
  });
  return dealNodes(classes, shuffled, counts, validationPerClass, "stepSplit");
}
