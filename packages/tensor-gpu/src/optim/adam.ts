import type { Tensor } from "../tensor/tensor";
import { AdamFamily, type AdamOptions } from "./adam-family";
import type { ParameterGroup } from "./optimizer";

/**
 * Adam, with weight decay as L2 regularisation: decay·p is added to the gradient, so that it passes through the moments.
 * For decoupled decay, see `AdamW`. A parameter without a gradient is not changed.
 *
 * @see Kingma and Ba 2015, algorithm 1
 */
export class Adam extends AdamFamily {
  /** @throws {TensorError} `ERR_RANGE` for no parameters, a repeated one, or settings out of range */
  constructor(params: readonly Tensor[] | readonly ParameterGroup[], given: AdamOptions = {}) {
    super("Adam", params, given, { weightDecay: 0, isDecoupled: false });
  }
}
