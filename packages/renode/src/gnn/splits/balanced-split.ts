import { optionsOf, refuseUnknown, whole } from "../../errors";

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
  perClass?: number | undefined;
  /** Validation nodes per class, from 0 (default 30). */
  validationPerClass?: number | undefined;
}

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
    ...rest
  } = optionsOf("balancedSplit", options);
  refuseUnknown("balancedSplit", rest);
  whole("balancedSplit", "validationPerClass", validationPerClass, { min: 0 });
  whole("balancedSplit", "perClass", perClass, { min: 1 });
  const counts = new Array<number>(countClasses(classes)).fill(perClass);
  return dealNodes(
    classes,
    shuffledNodes(classes, random),
    counts,
    validationPerClass,
    "balancedSplit",
  );
}
