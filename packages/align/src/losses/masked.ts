/** @file Means over the positions that a mask marks. */
import { type Tensor, tensor } from "@deepgrain/tensor-gpu";
import { AlignError, shape } from "../errors";

/** A mask as a float tensor of the shape of `like`. @throws {AlignError} `ERR_SHAPE`; `ERR_RANGE` when nothing is marked */
export function maskTensor(caller: string, mask: ArrayLike<number>, like: Tensor): Tensor {
  shape(caller, "mask", [mask.length], [like.size]);
  const marks = Float32Array.from(mask, (mark) => (mark ? 1 : 0));
  if (!marks.includes(1))
    throw new AlignError(
      "ERR_RANGE",
      `align/${caller}: mask must mark at least one token, got none`,
    );
  return tensor(marks, { shape: like.shape });
}

/** The mean over marked positions, a scalar. */
export const maskedMean = (x: Tensor, mask: Tensor): Tensor => x.mul(mask).sum().div(mask.sum());
