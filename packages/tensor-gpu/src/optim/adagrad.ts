import { optionsOf, refuseUnknown } from "../errors";
import { assertFinite } from "../tensor/sizes";
import type { Tensor } from "../tensor/tensor";
import { FlatOptimizer, type FlatState } from "./flat-optimizer";
import type { ParameterGroup } from "./optimizer";
import { type StepSettings, withDecay } from "./update-by-rule";

export interface AdagradOptions {
  /** Default 0.01. */
  lr?: number | undefined;
  /** Step t has the rate lr / (1 + (t − 1)·lrDecay). Default 0. */
  lrDecay?: number | undefined;
  /** Added to the gradient as decay·p. Default 0. */
  weightDecay?: number | undefined;
  /** Initial value of the sums. Default 0. */
  initialAccumulator?: number | undefined;
  /** Default 1e-10. */
  eps?: number | undefined;
}

/** The state that a checkpoint stores. */
export type AdagradState = FlatState<"sum">;

/**
 * Adagrad, PyTorch's form: s ← s + g², p ← p − lr·g / (√s + eps). A parameter without a gradient is not changed.
 *
 * @see Duchi, Hazan and Singer 2011, figure 1
 */
export class Adagrad extends FlatOptimizer<"sum"> {
  private readonly settings: { lrDecay: number; eps: number };

  /** @throws {TensorError} `ERR_RANGE` for no parameters, a repeated one, or settings out of range */
  constructor(params: readonly Tensor[] | readonly ParameterGroup[], options: AdagradOptions = {}) {
    const {
      lr = 0.01,
      lrDecay = 0,
      weightDecay = 0,
      initialAccumulator = 0,
      eps = 1e-10,
      ...rest
    } = optionsOf("Adagrad", options);
    refuseUnknown("Adagrad", rest);
    for (const [name, value] of Object.entries({ lrDecay, initialAccumulator, eps }))
      assertFinite("Adagrad", name, value, { least: 0 });
    super("Adagrad", { params, lr, weightDecay, states: ["sum"] });
    this.settings = { lrDecay, eps };
    const { sum } = this.states;
    sum.storage.backend.kernels.fill(sum, initialAccumulator);
  }

  protected update(settings: StepSettings): void {
    const { lrDecay, eps } = this.settings;
    const slowed = { ...settings, lr: settings.lr / (1 + (settings.count - 1) * lrDecay) };
    this.updateByRule(slowed, ({ parameter, gradient, state, lr, weightDecay }) => {
      const g = withDecay(gradient, parameter, weightDecay);
      const sum = state.sum.add(g.square());
      return { parameter: parameter.sub(g.mul(lr).div(sum.sqrt().add(eps))), sum };
    });
  }
}
