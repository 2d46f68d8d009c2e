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

export interface BalancedSplitOptions {
  /** Uniform in [0, 1). */
  random: () => number;
  /** Training nodes per class, from 1 (default 20). */
  perClass?: number;
  /** Validation nodes per class, from 0 (default 30). */
  validationPerClass?: number;
}

const balancedSplitOptionNames: OptionNames<BalancedSplitOptions> = {
  random: true,
  perClass: true,
  validationPerClass: true,
};

/**
 * A random split with the same number of training nodes in each class; the nodes left over are the test set.
 *
 * @param classes class number per node, below 0 for unknown (excluded)
 * @throws {RenodeError} `ERR_RANGE` when a class has too few nodes
 * @see Chen et al. 2021, section 4.1
 */
export function balancedSplit(classes: ClassList, options: BalancedSplitOptions): NodeSplit {
  const {
    random,
    perClass = 20,
    validationPerClass = 30,
  } = knownOptions("balancedSplit", options, balancedSplitOptionNames);
  assertRange(
    Number.isInteger(perClass) && perClass > 0,
    "balancedSplit",
    "perClass",
    "an integer from 1",
    perClass,
  );
  const counts = new Array<number>(countClasses(classes)).fill(perClass);
  return dealNodes(
    classes,
    shuffledNodes(classes, random),
    counts,
    validationPerClass,
    "balancedSplit",
  );
}
