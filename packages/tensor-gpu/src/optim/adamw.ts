import type { Tensor } from "../tensor/tensor";
import { AdamFamily, type AdamOptions } from "./adam-family";
import type { ParameterGroup } from "./optimizer";

export type { AdamWState } from "./adam-family";

/** Weight decay is decoupled: p ← p·(1 − lr·decay) before the step. Default 0.01. */
export type AdamWOptions = AdamOptions;

/**
 * AdamW over all parameters in one kernel call, with flat moments; composed of operators with `amsgrad`.
 * A parameter without a gradient is not changed.
 *
 * @see Loshchilov and Hutter 2019, algorithm 2
 */
export class AdamW extends AdamFamily {
  /** @throws {TensorError} `ERR_RANGE` for no parameters, a repeated one, or settings out of range */
  constructor(params: readonly Tensor[] | readonly ParameterGroup[], given: AdamWOptions = {}) {
    super("AdamW", params, given, { weightDecay: 0.01, isDecoupled: true });
  }
}
