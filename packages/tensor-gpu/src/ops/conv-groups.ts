import type { Tensor } from "../tensor/tensor";
import { cat } from "./joins";
import { split } from "./shape-ops";

/**
 * Convolves the groups of channels one after another and joins the results along the channels.
 * @param x shape [batch, channels, height, width]
 * @param weight its first axis consists of equal parts, one per group
 * @param groups a divisor of x's channels and of the weight's first axis
 * @param apply convolves the channels of one group
 */
export function convInGroups(
  x: Tensor,
  weight: Tensor,
  groups: number,
  apply: (input: Tensor, kernel: Tensor) => Tensor,
): Tensor {
  if (groups === 1) return apply(x, weight);
  const parts = (tensor: Tensor, axis: number) =>
    split(tensor, new Array<number>(groups).fill(tensor.shape[axis]! / groups), axis);
  const kernels = parts(weight, 0);
  return cat(
    parts(x, 1).map((input, group) => apply(input, kernels[group]!)),
    1,
  );
}
