import { optionsOf, refuseUnknown } from "../errors";
import type { Tensor } from "../tensor/tensor";
import { add, mul, sub } from "./binary";
import { assertTensors } from "./operands";
import { mean, sum } from "./reduce";
import { assertReduction, type Reduction } from "./reduction";
import { softplus, square } from "./unary";

function reduceBy(op: string, reduction: Reduction, losses: () => Tensor): Tensor {
  assertReduction(op, reduction);
  const each = losses();
  return reduction === "none" ? each : reduction === "sum" ? sum(each) : mean(each);
}

/** (input − target)². @throws {TensorError} `ERR_RANGE` for an unknown reduction, and as `sub` */
export const mseLoss = (
  input: Tensor,
  target: Tensor,
  options: { reduction?: Reduction | undefined } = {},
): Tensor => {
  const { reduction = "mean", ...rest } = optionsOf("mseLoss", options);
  refuseUnknown("mseLoss", rest);
  assertTensors("mseLoss", input, target);
  return reduceBy("mseLoss", reduction, () => square(sub(input, target)));
};

/** softplus(x) − x·y: binary cross-entropy of sigmoid(x) against y in [0, 1], without overflow */
export const bceWithLogits = (
  input: Tensor,
  target: Tensor,
  options: { reduction?: Reduction | undefined } = {},
): Tensor => {
  const { reduction = "mean", ...rest } = optionsOf("bceWithLogits", options);
  refuseUnknown("bceWithLogits", rest);
  assertTensors("bceWithLogits", input, target);
  return reduceBy("bceWithLogits", reduction, () =>
    add(softplus(input), mul(mul(input, target), -1)),
  );
};
