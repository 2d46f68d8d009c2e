import { type nn, optim, type Tensor } from "@deepgrain/tensor-gpu";
import { fail } from "./errors";

/** The part of an optimiser that training needs; all of `optim` have it. */
export interface Optimizer {
  readonly parameters: Tensor[];
  /** Updates the parameters. @returns the gradient norm before clipping, when `maxGradNorm` is given */
  step(options: optim.StepOptions): Tensor | undefined;
  /** Forgets all gradients. */
  zeroGrad(): void;
  /** The number of steps and flat arrays by name, for a checkpoint. */
  state(): Promise<object & { readonly step: number }>;
  /** Puts back what `state` gave. */
  restore(state: never): void;
  dispose(): void;
}

/** Settings of AdamW, or a function that makes any other optimiser from the parameters and their names. */
export type OptimizerChoice =
  | optim.AdamWOptions
  | ((parameters: readonly nn.NamedTensor[]) => Optimizer);

/** @throws {TrainerError} `ERR_RANGE` when no tensor of the module wants gradients */
export function createOptimizer(module: nn.Module, choice: OptimizerChoice = {}): Optimizer {
  const parameters = [...module.namedParameters()];
  const refusal = "trainer/fit: no tensor of the module is trained; call requireGrad() on some";
  if (parameters.length === 0) fail("ERR_RANGE", refusal);
  if (typeof choice === "function") return choice(parameters);
  const tensors = parameters.map(([, parameter]) => parameter);
  return new optim.AdamW(tensors, choice);
}
