import type { optim, Tensor } from "@deepgrain/tensor-gpu";

/** A model with data to train on: what a bench times step by step. */
export interface Workload {
  /** The unit that a step works through, as in "tokens". */
  readonly unit: string;
  /** How many of them. */
  readonly unitsPerStep: number;
  readonly parameters: readonly Tensor[];
  /** Absent where only gradients are timed. */
  readonly optimizer?: optim.AdamW;
  /** The loss of the one batch there is, or an output whose gradient is given. */
  forward(): Tensor;
  /** The gradient that arrives at an output that is not a scalar. */
  readonly outputGradient?: Tensor;
}
