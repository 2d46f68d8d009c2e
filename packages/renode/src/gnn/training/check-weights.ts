import { RenodeError, real } from "../../errors";

/** @throws {RenodeError} `ERR_SHAPE` unless there is a weight per training node, `ERR_RANGE` for one below 0 or not finite */
export function checkNodeWeights(
  nodeWeights: ArrayLike<number> | undefined,
  train: Int32Array,
  place: string,
): void {
  if (!nodeWeights) return;
  if (nodeWeights.length !== train.length)
    throw new RenodeError(
      "ERR_SHAPE",
      `renode/${place}: nodeWeights must hold ${train.length} weights, one per training node, got ${nodeWeights.length}`,
      { fields: { expected: train.length, length: nodeWeights.length } },
    );
  for (let v = 0; v < nodeWeights.length; v++)
    real(place, `nodeWeights[${v}]`, nodeWeights[v], { min: 0 });
}
