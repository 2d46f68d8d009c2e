/** @file What Adam and AdamW share: they differ in where the weight decay goes. */
import { TensorError } from "../errors";
import { assertFinite, showValue } from "../tensor/sizes";
import type { Tensor } from "../tensor/tensor";
import { FlatOptimizer } from "./flat-optimizer";
import { type ParameterGroup, runsOf } from "./optimizer";
import { blend, type StepSettings, type UpdateRule, withDecay } from "./update-by-rule";

export interface AdamOptions {
  /** Default 1e-3. */
  lr?: number;
  /** Decay rates of the two moments. Default [0.9, 0.999]. */
  betas?: readonly [number, number];
  /** Default 1e-8. */
  eps?: number;
  /** Default 0.01 of AdamW, 0 of Adam. */
  weightDecay?: number;
  /** Divides by the largest second moment so far. Default false. @see Reddi et al. 2018, algorithm 2 */
  amsgrad?: boolean;
}

/** What a checkpoint stores: the step count and the flat moments in parameter order. */
export interface AdamWState {
  step: number;
  m: Float32Array;
  v: Float32Array;
  /** The largest second moments, with `amsgrad`. */
  vMax?: Float32Array;
}

type Moment = "m" | "v" | "vMax";

/** Numbers of a step, as the kernel takes them. */
interface Rates {
  lr: number;
  beta1: number;
  beta2: number;
  eps: number;
  biasCorrection1: number;
  biasCorrection2: number;
}

function assertOptions(op: string, { eps, betas, amsgrad }: Required<AdamOptions>): void {
  assertFinite(op, "eps", eps, { least: 0 });
  if (!Array.isArray(betas) || betas.length !== 2 || betas.some((b) => !(b >= 0 && b < 1)))
    throw new TensorError(
      "ERR_RANGE",
      `tensor-gpu/${op}: needs two betas in [0, 1), got ${showValue(betas)}`,
    );
  if (typeof amsgrad !== "boolean")
    throw new TensorError(
      "ERR_ARGUMENT",
      `tensor-gpu/${op}: amsgrad must be true or false, got ${showValue(amsgrad)}`,
    );
}

/** Adam with its weight decay in the gradient or beside it; with `amsgrad` from operators, else in one kernel call. */
export abstract class AdamFamily extends FlatOptimizer<Moment> {
  private readonly settings: Required<AdamOptions>;
  private readonly isDecoupled: boolean;

  constructor(
    op: string,
    params: readonly Tensor[] | readonly ParameterGroup[],
    options: AdamOptions & { weightDecay: number },
    isDecoupled: boolean,
  ) {
    const { lr = 1e-3, betas = [0.9, 0.999], eps = 1e-8, weightDecay, amsgrad = false } = options;
    const settings = { lr, betas, eps, weightDecay, amsgrad };
    assertOptions(op, settings);
    const states: Moment[] = amsgrad ? ["m", "v", "vMax"] : ["m", "v"];
    super(op, { params, lr, weightDecay, states });
    this.settings = settings;
    this.isDecoupled = isDecoupled;
  }

  protected update(settings: StepSettings): void {
    const { betas, eps, amsgrad } = this.settings;
    const rates = {
      lr: settings.lr,
      beta1: betas[0],
      beta2: betas[1],
      eps,
      biasCorrection1: 1 - betas[0] ** settings.count,
      biasCorrection2: 1 - betas[1] ** settings.count,
    };
    if (amsgrad) this.updateByRule(settings, this.amsgradRule(rates));
    else this.updateFused(rates, settings.scale);
  }

  /** Decay in the gradient goes there before the kernel, which then has none, and clips nothing more. */
  private updateFused(rates: Rates, scale: Tensor | null): void {
    const { m, v } = this.states;
    const runs = runsOf(this.groups, this.weightDecay).map((run) => ({
      ...run,
      isCoupled: !this.isDecoupled && run.slots.some(({ weightDecay }) => weightDecay !== 0),
    }));
    for (const run of runs)
      if (run.isCoupled)
        run.slots = run.slots.map((slot) => {
          const gradient = slot.gradient as Tensor;
          const clipped = scale ? gradient.mul(scale) : gradient;
          const decayed = withDecay(clipped, (slot.parameter as Tensor).detach(), slot.weightDecay);
          return { ...slot, gradient: decayed, weightDecay: 0 };
        });
    for (const { slots, start, size, isCoupled } of runs)
      m.storage.backend.kernels.adamw(
        slots,
        m.narrow(0, start, size),
        v.narrow(0, start, size),
        isCoupled ? null : scale,
        rates,
      );
  }

  private amsgradRule({ beta1, beta2, eps, ...rates }: Rates): UpdateRule<Moment> {
    return ({ parameter, gradient, state, lr, weightDecay }) => {
      const g = this.isDecoupled ? gradient : withDecay(gradient, parameter, weightDecay);
      const start = this.isDecoupled ? parameter.mul(1 - lr * weightDecay) : parameter;
      const m = blend(state.m, g, 1 - beta1);
      const v = blend(state.v, g.square(), 1 - beta2);
      const vMax = state.vMax.maximum(v);
      const divisor = vMax
        .sqrt()
        .mul(1 / Math.sqrt(rates.biasCorrection2))
        .add(eps);
      const parameterNext = start.sub(m.mul(lr / rates.biasCorrection1).div(divisor));
      return { parameter: parameterNext, m, v, vMax };
    };
  }
}
