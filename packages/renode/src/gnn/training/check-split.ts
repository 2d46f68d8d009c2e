import { RenodeError, whole } from "../../errors";
import type { NodeData } from "../data/node-data";
import type { NodeSplit } from "../splits/node-split";

/**
 * Returns the split after checking that all of its nodes have a label.
 * @throws {RenodeError} `ERR_ARGUMENT` without a split, `ERR_RANGE` without training nodes, `ERR_LABEL`
 */
export function checkSplit(
  { classes }: NodeData,
  split: NodeSplit | undefined,
  place: string,
): NodeSplit {
  if (!split)
    throw new RenodeError("ERR_ARGUMENT", `renode/${place}: the data has no split: give one`);
  whole(place, "the number of nodes in split.train", split.train.length, { min: 1 });
  for (const part of ["train", "validation", "test"] as const)
    for (const node of split[part])
      if (!(classes[node]! >= 0))
        throw new RenodeError(
          "ERR_LABEL",
          `renode/${place}: node ${node} of ${part} has no label`,
          {
            fields: { node, part },
          },
        );
  return split;
}
