import { RenodeError } from "../../errors";
import { shuffle } from "../shuffle";

/** Node numbers of a split, each ascending. */
export interface NodeSplit {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

/** Class number of each node, −1 (or any number below 0) where it is not known; those nodes are excluded. */
export type ClassList = ArrayLike<number>;

/** The nodes of known class in random order. */
export function shuffledNodes(classes: ClassList, random: () => number): number[] {
  const nodes: number[] = [];
  for (let node = 0; node < classes.length; node++) if (classes[node]! >= 0) nodes.push(node);
  return shuffle(nodes, random);
}

/** Number of classes: the highest class number plus one. */
export function countClasses(classes: ClassList): number {
  let most = -1;
  for (let node = 0; node < classes.length; node++) most = Math.max(most, classes[node]!);
  return most + 1;
}

/**
 * Distributes shuffled nodes: `trainPerClass[c]` of each class go to the training set, then `validationPerClass` of each to
 * the validation set, and the rest to the test set.
 *
 * @throws {RenodeError} `ERR_RANGE` when a class has too few nodes
 */
export function dealNodes(
  classes: ClassList,
  shuffled: readonly number[],
  trainPerClass: readonly number[],
  validationPerClass: number,
  place: string,
): NodeSplit {
  const parts = { train: [] as number[], validation: [] as number[], test: [] as number[] };
  const dealt = trainPerClass.map(() => 0);
  for (const node of shuffled) {
    const c = classes[node]!;
    const before = dealt[c]!++;
    if (before < trainPerClass[c]!) parts.train.push(node);
    else if (before < trainPerClass[c]! + validationPerClass) parts.validation.push(node);
    else parts.test.push(node);
  }
  for (const [c, had] of dealt.entries())
    if (had < trainPerClass[c]! + validationPerClass)
      throw new RenodeError(
        "ERR_RANGE",
        `renode/${place}: class ${c} has ${had} nodes, ${trainPerClass[c]} for training and ${validationPerClass} for validation are needed`,
        { fields: { class: c, nodes: had } },
      );
  const ascending = (nodes: number[]) => Int32Array.from(nodes).sort();
  return {
    train: ascending(parts.train),
    validation: ascending(parts.validation),
    test: ascending(parts.test),
  };
}
