import { optionsOf, refuseUnknown, TensorError } from "../errors";
import { assertFinite, showValue } from "../tensor/sizes";
import type { Tensor } from "../tensor/tensor";
import { FlatOptimizer, type FlatState } from "./flat-optimizer";
import type { ParameterGroup, Settled } from "./optimizer";
import { blend, type StepSettings, withDecay } from "./update-by-rule";

export interface RMSpropOptions {
  /** Default 0.01. */
  lr?: number | undefined;
  /** Decay rate of the averages, in [0, 1]. Default 0.99. */
  alpha?: number | undefined;
  /** Default 1e-8. */
  eps?: number | undefined;
  /** Added to the gradient as decay·p. Default 0. */
  weightDecay?: number | undefined;
  /** Default 0. */
  momentum?: number | undefined;
  /** Divides by the standard deviation of the gradients instead of their root mean square. Default false. */
  centered?: boolean | undefined;
}

type Average = "squareAverage" | "average" | "momentum";

/** The state that a checkpoint stores; `average` if centered, `momentum` if it is not 0. */
export type RMSpropState = FlatState<"squareAverage"> & Partial<FlatState<Average>>;

/**
 * RMSprop, PyTorch's form: s ← α·s + (1 − α)·g², p ← p − lr·g / (√s + eps); centered, √(s − a²) with the average a of g
 * (0 where rounding makes it negative); with momentum, b ← momentum·b + g / (√s + eps) and p ← p − lr·b.
 * A parameter without a gradient is not changed.
 *
 * @see Tieleman and Hinton 2012, lecture 6.5; Graves 2013, equations 38 to 45 for the centered form
 */
export class RMSprop extends FlatOptimizer<Average> {
  private readonly settings: Settled<Omit<RMSpropOptions, "lr" | "weightDecay">>;

  /** @throws {TensorError} `ERR_RANGE` for no parameters, a repeated one, or settings out of range */
  constructor(params: readonly Tensor[] | readonly ParameterGroup[], options: RMSpropOptions = {}) {
    const {
      lr = 0.01,
      alpha = 0.99,
      eps = 1e-8,
      weightDecay = 0,
      momentum = 0,
      centered = false,
      ...rest
    } = optionsOf("RMSprop", options);
    refuseUnknown("RMSprop", rest);
    assertFinite("RMSprop", "alpha", alpha, { least: 0, most: 1 });
    assertFinite("RMSprop", "eps", eps, { least: 0 });
    assertFinite("RMSprop", "momentum", momentum, { least: 0 });
    if (typeof centered !== "boolean")
      throw new TensorError(
        "ERR_ARGUMENT",
        `RMSprop: centered must be true or false, got ${showValue(centered)}`,
      );
    const states: Average[] = ["squareAverage"];
    if (centered) states.push("average");
    if (momentum > 0) states.push("momentum");
    super("RMSprop", { params, lr, weightDecay, states });
    this.settings = { alpha, eps, momentum, centered };
  }

  protected update(settings: StepSettings): void {
    const { alpha, eps, momentum, centered } = this.settings;
    this.updateByRule(settings, ({ parameter, gradient, state, lr, weightDecay }) => {
      const g = withDecay(gradient, parameter, weightDecay);
      const squareAverage = blend(state.squareAverage, g.square(), 1 - alpha);
      const average = centered ? blend(state.average, g, 1 - alpha) : undefined;
      const spread = average ? squareAverage.sub(average.square()).maximum(0) : squareAverage;
      const direction = g.div(spread.sqrt().add(eps));
      const buffer = momentum > 0 ? state.momentum.mul(momentum).add(direction) : undefined;
      return {
        parameter: parameter.sub((buffer ?? direction).mul(lr)),
        squareAverage,
        ...(average && { average }),
        ...(buffer && { momentum: buffer }),
      };
    });
  }
}
